-- How long a provider's bucket is silent for, for whoever has waited since it was last asked.
--
-- KEYS[1]  hash of one bucket, see permit.lua
-- Result   microseconds, 0 if it is not silent
--
-- A script because the pause is in the server's time.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local left = (tonumber(redis.call('HGET', KEYS[1], 'pause')) or 0) - now
return string.format('%.0f', math.max(left, 0))
