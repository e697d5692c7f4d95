-- Reserve permits for callers in order, each in every window of a provider at once or not at all.
--
-- KEYS[1]   hash of one bucket: "seq" counts reservations, "epoch" tells a rebuilt bucket from the
--           one before, "pause" is the time before which the provider asked for silence, "shift"
--           by how much pauses have moved waiting reservations, "last" the latest start, "factor"
--           and "cut" the lowered rate in thousandths and when it was lowered, "tat:<permits>/
--           <period>" GCRA's arrival time
-- KEYS[2]   set of reservations given back whose turn to be forgotten has not come
-- KEYS[3]   hash of the whole provider, there while it is switched off: "until", "probe", "reason"
-- KEYS[4..] for each window, a list of the starts reserved in it, the latest first
-- ARGV[1]   "interactive", or "batch": takes only what is free now, and leaves 30 % free
-- ARGV[2]   "" for the server's clock; a time in microseconds for tests
-- ARGV[3]   permits that were given while Redis was away
-- ARGV[4]   microseconds of silence that the caller knows of, or until the last of those is used
-- ARGV[5..] for each window: permits, period in microseconds, and grain: only the start of every
--           so-manyth reservation is kept; then for each caller the longest wait it can use
-- Result    {microseconds the provider is switched off, why, 1 if the bucket had to be rebuilt,
--           factor, epoch, shift, then for each caller its seq (0: nothing reserved) and the wait}
--
-- Two rules at once. The lists hold the published limit exactly: the reservation that is `permits`
-- older must be a whole period older, wherever a provider's window begins. GCRA lets a full bucket
-- and a period's refill through in one period, so it cannot; it holds the lowered rate after a 429,
-- without shutting a bucket that is already fuller than the lowered limit.
--
-- Atomic because reading, comparing and advancing several windows from outside admits whoever
-- reads in between. The server's clock because callers' clocks differ.
local HORIZON = 600 * 1000000
local LONGEST_PAUSE = 3601 * 1000000
local PROBE = 15 * 1000000
local MINUTE = 60 * 1000000
local COUNT = 2000000000000000
local FIELDS = 7
local SPARE = 1000

local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local batch = ARGV[1] == 'batch'
local windows = #KEYS - 3

local window = {}
local fields = {'seq', 'epoch', 'pause', 'shift', 'factor', 'cut', 'last'}
for n = 1, windows do
  local at = 3 * n + 2
  local permits, period = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local room = batch and math.max(1, math.floor(permits * 7 / 10)) or permits
  window[n] = {
    log = KEYS[n + 3], permits = permits, period = period, grain = tonumber(ARGV[at + 2]),
    room = room, span = period * room / permits, field = 'tat:' .. permits .. '/' .. period,
  }
  fields[FIELDS + n] = window[n].field
end

-- What others wrote here, or a clock that was set back, shows as a value no bucket can have.
local broken = false
local function number(text, most)
  if not text then return 0 end
  local value = tonumber(text)
  if value and value >= 0 and value <= most then return value end
  broken = true
  return 0
end

local stored = redis.pcall('HMGET', KEYS[1], unpack(fields))
if stored.err then
  broken = true
  stored = {}
end
local seq, epoch = number(stored[1], COUNT), number(stored[2], now + HORIZON)
local pause = number(stored[3], now + LONGEST_PAUSE)
local shift = number(stored[4], COUNT)
local factor = stored[5] and number(stored[5], 1000) or 1000
local cut = number(stored[6], now + HORIZON)
local last = number(stored[7], now + HORIZON)
for n = 1, windows do
  window[n].tat = number(stored[FIELDS + n], now + HORIZON + 11 * window[n].period)
  local latest = redis.pcall('LINDEX', window[n].log, 0)
  if type(latest) == 'table' then latest = 'not a list' end
  last = math.max(last, number(latest, now + HORIZON))
end
if broken then
  redis.call('DEL', KEYS[1], KEYS[2], unpack(KEYS, 4))
  seq = 0
  epoch = 0
  pause = 0
  shift = 0
  factor = 1000
  cut = 0
  last = 0
  for n = 1, windows do window[n].tat = 0 end
end
local rebuilt = broken

broken = false
local off = redis.pcall('HMGET', KEYS[3], 'until', 'probe', 'reason')
if off.err then
  broken = true
  off = {}
end
local off_until = math.max(number(off[1], now + LONGEST_PAUSE), number(off[2], now + LONGEST_PAUSE))
if broken then
  redis.call('DEL', KEYS[3])
  off_until = 0
  off = {}
  rebuilt = true
end
if epoch == 0 then epoch = now end
factor = math.min(1000, factor + 50 * math.floor(math.max(0, now - cut) / MINUTE))
if factor < 100 then factor = 100 end
pause = math.max(pause, now + tonumber(ARGV[4]))

local function earliest()
  local start = math.max(now, pause, last)
  for n = 1, windows do
    local w = window[n]
    -- The first kept start that is at least `room` reservations old.
    local place = math.floor(seq / w.grain) - math.ceil((seq + 1 - w.room) / w.grain)
    local oldest = tonumber(redis.call('LINDEX', w.log, place))
    if oldest then start = math.max(start, oldest + w.period) end
    if factor < 1000 then
      local interval = w.period * 1000 / (w.permits * factor)
      start = math.max(start, math.floor(w.tat + interval - math.max(w.span, interval)))
    end
  end
  return start
end

local changed = false
local function take(start)
  seq = seq + 1
  last = start
  changed = true
  for n = 1, windows do
    local w = window[n]
    w.tat = math.max(start, w.tat) + math.floor(w.period * 1000 / (w.permits * factor))
    if seq % w.grain == 0 then redis.call('LPUSH', w.log, string.format('%.0f', start)) end
  end
end

for _ = 1, tonumber(ARGV[3]) do take(math.max(now + tonumber(ARGV[4]), last)) end

local off_for = math.max(0, off_until - now)
local shut, on_trial = off_for > 0, off[1] and off_for == 0
local result = {0, off[3] or '', rebuilt and 1 or 0, factor, epoch, shift}
for caller = 3 * windows + 5, #ARGV do
  local start = earliest()
  local wait = start - now
  local longest = batch and 0 or math.min(tonumber(ARGV[caller]), HORIZON / 2)
  if shut or wait > longest then
    result[#result + 1] = 0
  else
    take(start)
    result[#result + 1] = seq
    -- Off until lately: one call, of all processes, finds out whether it is well again.
    if on_trial then
      shut = true
      off_for = PROBE
      redis.call('HSET', KEYS[3], 'probe', string.format('%.0f', now + PROBE))
    end
  end
  result[#result + 1] = wait
end
result[1] = off_for

if changed then
  local set, keep = {}, math.max(last, pause)
  for n = 1, windows do
    local w = window[n]
    set[#set + 1] = w.field
    set[#set + 1] = string.format('%.0f', w.tat)
    keep = math.max(keep, last + w.period)
    redis.call('LTRIM', w.log, 0, math.ceil(w.permits / w.grain) + SPARE)
  end
  if factor < 1000 then keep = math.max(keep, now + 20 * MINUTE) end
  redis.call('HSET', KEYS[1], 'seq', seq, 'epoch', string.format('%.0f', epoch),
    'pause', string.format('%.0f', pause), 'last', string.format('%.0f', last), unpack(set))
  local left = math.ceil((keep - now) / 1000) + 1000
  redis.call('PEXPIRE', KEYS[1], left)
  for n = 1, windows do redis.call('PEXPIRE', window[n].log, left) end
end
return result
