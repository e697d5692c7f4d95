-- Switch a provider off for every process, because it refused our key or our quota is spent.
--
-- KEYS[1]  the provider's hash, KEYS[3] of permit.lua, which reads it and allows one probe after
-- ARGV[1]  microseconds from now; 0 switches it on again
-- ARGV[2]  why, in a word
-- ARGV[3]  "" for the server's clock; a time in microseconds for tests
-- Result   1 if it was on (off) before, so that one process alone gives the alarm (the all-clear)
--
-- Atomic because two processes refused at once are one event.
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local duration = tonumber(ARGV[1])
if duration == 0 then return redis.call('DEL', KEYS[1]) end
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local was_on = 1 - redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + duration), 'probe', 0,
  'reason', ARGV[2])
-- Longer than the sentence, so that its end is met by one probe and not by everybody.
redis.call('PEXPIRE', KEYS[1], math.ceil(duration / 1000) + 3600000)
return was_on
