-- Take a place among the calls to a provider that are under way in all processes.
--
-- KEYS[1]  sorted set of the places taken, by the time at which they are free again at the latest
-- ARGV[1]  how many there are
-- ARGV[2]  microseconds after which a place is free although nobody left it (its process died)
-- ARGV[3]  who takes it
-- ARGV[4]  "" for the server's clock; a time in microseconds for tests
-- Result   1 if there was one
--
-- Atomic because two callers that count at the same time would both take the last place.
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' then redis.call('DEL', KEYS[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2]) / 1000) + 1000)
return 1
