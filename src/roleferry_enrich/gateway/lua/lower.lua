-- Lower a bucket's rate to 70 % after a refusal without a word on when to come back.
--
-- KEYS     as for permit.lua, which also lets the rate recover by 5 % of the full one a minute
-- ARGV[1]  "" for the server's clock; a time in microseconds for tests
-- Result   the rate in thousandths of the full one
--
-- Calls under way together are refused together: that is one lesson, so one step a second.
--
-- Atomic because two steps at once would be lost in one.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local stored = redis.call('HMGET', KEYS[1], 'factor', 'cut')
local factor, cut = tonumber(stored[1]) or 1000, tonumber(stored[2]) or 0
local since = now - cut
if since >= 0 and since < 1000000 then return factor end
factor = math.min(1000, factor + 50 * math.floor(math.max(0, since) / 60000000))
factor = math.max(100, math.floor(factor * 7 / 10))
redis.call('HSET', KEYS[1], 'factor', factor, 'cut', string.format('%.0f', now))
if redis.call('PTTL', KEYS[1]) < 1200000 then redis.call('PEXPIRE', KEYS[1], 1200000) end
return factor
