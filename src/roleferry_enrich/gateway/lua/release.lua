-- Give back reservations whose callers went away before calling.
--
-- KEYS      as for permit.lua
-- ARGV[1]   epoch of the bucket they were made in
-- ARGV[2..] for each window: permits, period in microseconds, grain; then the seq of each
-- Result    how many were forgotten
--
-- Only the latest can be forgotten: others have been told their time because of an earlier one.
-- One that is not the latest is noted and forgotten as soon as all after it are, so that a crowd
-- that leaves together takes nothing with it, in whatever order it leaves.
--
-- Atomic because a reservation made in between would be forgotten in another's place.
local windows = #KEYS - 3
local stored = redis.call('HMGET', KEYS[1], 'seq', 'epoch')
local seq = tonumber(stored[1])
if not seq or stored[2] ~= ARGV[1] then return 0 end

for n = 3 * windows + 2, #ARGV do
  if tonumber(ARGV[n]) <= seq then redis.call('SADD', KEYS[2], ARGV[n]) end
end
redis.call('PEXPIRE', KEYS[2], math.max(1000, redis.call('PTTL', KEYS[1])))

local function forgettable()
  for n = 1, windows do
    local permits, grain = tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n + 1])
    local kept = redis.call('LLEN', KEYS[n + 3])
    -- A shortened list must keep what the next reservation is compared with.
    if kept <= math.ceil(permits / grain) + 1 and kept < math.floor(seq / grain) then
      return false
    end
  end
  return true
end

local forgotten = 0
while forgettable() and redis.call('SREM', KEYS[2], string.format('%.0f', seq)) == 1 do
  for n = 1, windows do
    local permits, period = tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n])
    local grain = tonumber(ARGV[3 * n + 1])
    if seq % grain == 0 then redis.call('LPOP', KEYS[n + 3]) end
    local field = 'tat:' .. permits .. '/' .. period
    local tat = tonumber(redis.call('HGET', KEYS[1], field)) or 0
    redis.call('HSET', KEYS[1], field, string.format('%.0f', tat - math.floor(period / permits)))
  end
  seq = seq - 1
  forgotten = forgotten + 1
end
redis.call('HSET', KEYS[1], 'seq', seq)
for n = 1, windows do
  if forgotten > 0 and tonumber(ARGV[3 * n + 1]) == 1 then
    redis.call('HSET', KEYS[1], 'last', redis.call('LINDEX', KEYS[n + 3], 0) or 0)
  end
end
return forgotten
