-- Which of a provider's keys a call is to use: the first that is not known to be refused.
--
-- KEYS[1]  what names the last time an operator lifted the provider's quarantine
-- KEYS[2]  the provider's hash of refused keys: "<id>" is until when, "<id>:probe" until when one
--          call tries it out
-- ARGV[1]  "" for the server's clock; a time in microseconds for tests
-- ARGV[2]  the last lifting that the caller knows of
-- ARGV[3]  how many microseconds a refused key is left alone when Redis learns of it here
-- ARGV[4..] for each key in order, its id, and for how many microseconds the caller knows it to be
--          refused
-- Result   {the last lifting, the key's position from 1 (0: none), then for each key the
--          microseconds for which it is refused (0: it is tried out by this call; -1: it is not)}
--
-- Atomic because two calls that find a sentence over must not both try the key out.
local PROBE, HOUR = 15000000, 3600000
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then redis.call('DEL', KEYS[1]) end
if redis.call('TYPE', KEYS[2]).ok ~= 'hash' then redis.call('DEL', KEYS[2]) end
local lifted = redis.call('GET', KEYS[1]) or ''
local result = {lifted, 0}

for n = 4, #ARGV, 2 do
  local id, known = ARGV[n], tonumber(ARGV[n + 1])
  local sentence = redis.call('HMGET', KEYS[2], id, id .. ':probe')
  local till = tonumber(sentence[1])
  -- What was learnt while Redis was away, or before it lost its memory; not what was lifted since.
  if not till and known > 0 and lifted == ARGV[2] then
    till = now + math.min(known, tonumber(ARGV[3]))
    redis.call('HSET', KEYS[2], id, string.format('%.0f', till), id .. ':probe', 0)
    redis.call('PEXPIRE', KEYS[2], math.ceil(tonumber(ARGV[3]) / 1000) + HOUR)
  end
  local left = -1
  if till then left = math.max(0, till - now, (tonumber(sentence[2]) or 0) - now) end
  if left <= 0 and result[2] == 0 then
    result[2] = (n - 2) / 2
    if left == 0 then
      redis.call('HSET', KEYS[2], id .. ':probe', string.format('%.0f', now + PROBE))
    end
  end
  result[#result + 1] = left
end
return result
