-- Silence a provider's bucket for every process until a time; never shortens a longer silence.
--
-- KEYS[1]  hash of one bucket, see permit.lua
-- ARGV[1]  microseconds from now
-- Result   1 if the silence was set or lengthened, 0 if a longer one stands
--
-- Atomic because two replies with different waits must leave the longer.
local time = redis.call('TIME')
local until_time = tonumber(time[1]) * 1000000 + tonumber(time[2]) + tonumber(ARGV[1])
if until_time <= (tonumber(redis.call('HGET', KEYS[1], 'pause')) or 0) then
  return 0
end
redis.call('HSET', KEYS[1], 'pause', string.format('%.0f', until_time))
local left = redis.call('PTTL', KEYS[1])
local needed = math.ceil(tonumber(ARGV[1]) / 1000) + 1000
if left < needed then redis.call('PEXPIRE', KEYS[1], needed) end
return 1
