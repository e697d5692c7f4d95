-- Reserve one permit in every window of a provider at once, or none (GCRA).
--
-- KEYS[1]  hash of one bucket: field "<n>" is window n's theoretical arrival time, "pause" the
--          time before which the provider asked for silence. All in microseconds.
-- ARGV[1]  the longest wait the caller can use, in microseconds
-- ARGV[2]  "" for the server's clock; a time in microseconds for tests
-- ARGV[3..] for each window: microseconds between permits, then the window's period
-- Result   >= 0: reserved, to be used after so many microseconds
--          <  0: not reserved; the wait would have been so long
--
-- Atomic because reading, comparing and advancing several windows from outside admits whoever
-- reads in between. The server's clock because callers' clocks differ.
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local windows = (#ARGV - 2) / 2
local fields = {'pause'}
for n = 1, windows do fields[n + 1] = tostring(n) end
local stored = redis.call('HMGET', KEYS[1], unpack(fields))

local start = math.max(now, tonumber(stored[1]) or 0)
for n = 1, windows do
  local interval, period = tonumber(ARGV[2 * n + 1]), tonumber(ARGV[2 * n + 2])
  local arrival = tonumber(stored[n + 1]) or 0
  start = math.max(start, arrival + interval - period)
end

local wait = start - now
if wait > tonumber(ARGV[1]) then
  return string.format('%.0f', -wait)
end

local keep = start
for n = 1, windows do
  local interval = tonumber(ARGV[2 * n + 1])
  local arrival = math.max(start, tonumber(stored[n + 1]) or 0) + interval
  keep = math.max(keep, arrival)
  redis.call('HSET', KEYS[1], tostring(n), string.format('%.0f', arrival))
end
redis.call('PEXPIRE', KEYS[1], math.ceil((keep - now) / 1000) + 1000)
return string.format('%.0f', wait)
