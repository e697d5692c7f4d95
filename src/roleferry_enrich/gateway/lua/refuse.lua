-- Note for every process that a provider refused one of our keys.
--
-- KEYS[1]  the provider's hash of refused keys, KEYS[2] of keys.lua
-- ARGV[1]  "" for the server's clock; a time in microseconds for tests
-- ARGV[2]  the key's id
-- ARGV[3]  for how many microseconds it is left alone
-- Result   1 if nobody had said so before, so that one process alone gives the alarm
--
-- Atomic because two processes refused at once are one event.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local is_news = 1 - redis.call('HEXISTS', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', now + tonumber(ARGV[3])),
  ARGV[2] .. ':probe', 0)
-- Longer than the sentence, so that its end is met by one call and not by everybody.
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[3]) / 1000) + 3600000)
return is_news
