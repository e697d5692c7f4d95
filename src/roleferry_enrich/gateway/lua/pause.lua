-- Silence a provider's bucket for every process until a time; never shortens a longer silence.
--
-- KEYS     as for permit.lua
-- ARGV[1]  microseconds from now
-- ARGV[2]  "" for the server's clock; a time in microseconds for tests
-- ARGV[3]  "1" if one of the lists holds every start, and so the first that waits
-- Result   1 if the silence was set or lengthened, 0 if a longer one stands
--
-- Reservations that wait for a time inside the silence move behind it, all by the same amount, so
-- that their order and the limit hold; "shift" tells their holders, who look before they call.
--
-- Atomic because two replies with different waits must leave the longer.
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local until_time = now + tonumber(ARGV[1])
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
if until_time <= (tonumber(redis.call('HGET', KEYS[1], 'pause')) or 0) then
  return 0
end
redis.call('HSET', KEYS[1], 'pause', string.format('%.0f', until_time))

local last = tonumber(redis.call('HGET', KEYS[1], 'last')) or 0
local first = ARGV[3] ~= '1' and last > now and now or nil
for n = 4, #KEYS do
  if redis.call('TYPE', KEYS[n]).ok == 'list' then
    for _, start in ipairs(redis.call('LRANGE', KEYS[n], 0, -1)) do
      if tonumber(start) <= now then break end
      first = math.min(first or tonumber(start), tonumber(start))
    end
  end
end
-- Nobody waits longer than this, and a start further ahead would pass for garbage.
local by = first and math.min(until_time - first, 300 * 1000000) or 0
if by > 0 then
  redis.call('HINCRBY', KEYS[1], 'shift', string.format('%.0f', by))
  redis.call('HSET', KEYS[1], 'last', string.format('%.0f', math.max(last, now) + by))
  for n = 4, #KEYS do
    if redis.call('TYPE', KEYS[n]).ok == 'list' then
      for place, start in ipairs(redis.call('LRANGE', KEYS[n], 0, -1)) do
        if tonumber(start) <= now then break end
        redis.call('LSET', KEYS[n], place - 1, string.format('%.0f', tonumber(start) + by))
      end
    end
  end
end

for n = 1, #KEYS do
  local left = redis.call('PTTL', KEYS[n])
  local needed = math.ceil(tonumber(ARGV[1]) / 1000) + 1000
  if n ~= 3 and left ~= -2 then
    redis.call('PEXPIRE', KEYS[n], math.max(needed, left + math.ceil(by / 1000)))
  end
end
return 1
