-- Count an account's requests in every window of its quota at once, or none of them.
--
-- KEYS[1]   hash of one account: for each window, named by its milliseconds, the packed cells
--           {first, last, requests, first, last, ...}, the oldest first
-- ARGV[1]   "" for the server's clock; a time in milliseconds for tests
-- ARGV[2]   how many requests ask
-- ARGV[3]   how many were let in while Redis was away; negative: how many of those counted lately
--           were taken ahead and not needed
-- ARGV[4..] for each window: requests allowed, and its length in milliseconds
-- Result    {how many of those that ask are let in, 1 if what was kept had to be thrown away, then
--           for each window what is left and the milliseconds after which more is}
--
-- A request counts until its cell's last one is a whole window old: never more than the quota in
-- any window wherever it begins, a little less at most by a sixtieth, and a burst is forgotten at
-- once a window later. Atomic because reading and adding from outside lets in whoever reads in
-- between; the server's clock because callers' clocks differ.
local CELLS = 60

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local asking, owed = tonumber(ARGV[2]), tonumber(ARGV[3])

-- What others wrote here shows as something that cannot be cells.
local broken = false
local function cells_of(packed)
  if not packed then return {} end
  local readable, cells = pcall(cmsgpack.unpack, packed)
  if readable and type(cells) == 'table' and #cells % 3 == 0 then
    for n = 1, #cells do
      readable = readable and type(cells[n]) == 'number' and cells[n] >= 0
    end
    if readable then return cells end
  end
  broken = true
  return {}
end

local window, names, longest = {}, {}, 0
for n = 4, #ARGV, 2 do
  names[#names + 1] = ARGV[n + 1]
  window[#names] = {requests = tonumber(ARGV[n]), length = tonumber(ARGV[n + 1])}
  longest = math.max(longest, tonumber(ARGV[n + 1]))
end
local stored = redis.pcall('HMGET', KEYS[1], unpack(names))
if stored.err then
  redis.call('DEL', KEYS[1])
  broken = true
  stored = {}
end

local free = math.huge
for n, w in ipairs(window) do
  w.cells, w.used = {}, 0
  local cells = cells_of(stored[n])
  for at = 1, #cells, 3 do
    -- A clock that was set back must not keep anybody out for longer than a window.
    local first, last = math.min(cells[at], now), math.min(cells[at + 1], now)
    if last + w.length > now then
      local kept = #w.cells
      w.cells[kept + 1], w.cells[kept + 2], w.cells[kept + 3] = first, last, cells[at + 2]
      w.used = w.used + cells[at + 2]
    end
  end
  -- What goes back was counted a moment ago, so it is taken from the latest.
  local back, latest = math.max(0, -owed), #w.cells
  while back > 0 and latest > 0 do
    local taken = math.min(back, w.cells[latest])
    w.cells[latest], w.used = w.cells[latest] - taken, w.used - taken
    back, latest = back - taken, latest - 3
  end
  free = math.min(free, w.requests - w.used)
end
local admitted = math.max(0, math.min(asking, free))
local added = admitted + math.max(0, owed)
local changed = added > 0 or owed < 0

local result, set = {admitted, broken and 1 or 0}, {}
for n, w in ipairs(window) do
  local count = #w.cells
  if added > 0 then
    if count > 0 and now < w.cells[count - 2] + w.length / CELLS then
      w.cells[count - 1], w.cells[count] = now, w.cells[count] + added
    else
      w.cells[count + 1], w.cells[count + 2], w.cells[count + 3] = now, now, added
    end
  end
  if changed then
    set[#set + 1] = names[n]
    set[#set + 1] = cmsgpack.pack(w.cells)
  end
  local left, reset = w.requests - w.used - added, 0
  local missing = math.max(1, 1 - left)
  for at = 1, #w.cells, 3 do
    if missing > 0 then reset = w.cells[at + 1] + w.length - now end
    missing = missing - w.cells[at + 2]
  end
  result[#result + 1] = math.max(0, left)
  result[#result + 1] = reset
end
if changed then
  redis.call('HSET', KEYS[1], unpack(set))
  redis.call('PEXPIRE', KEYS[1], longest + 1000)
end
return result
