-- Store an answer unless it was forgotten meanwhile, and give the turn back.
--
-- KEYS[1]  the answer
-- KEYS[2]  the turn
-- KEYS[3]  when the answer was last forgotten, in microseconds of the server's clock
-- ARGV[1]  the token the turn was taken with
-- ARGV[2]  when getting the answer began, in microseconds of the server's clock
-- ARGV[3]  the frame to store, "" for none
-- ARGV[4]  how long to keep it, in milliseconds
-- Result   1 if the answer was stored
--
-- Atomic because what is forgotten between the question whether it was and the storing of it
-- would be there again.
local stored = 0
local forgotten = redis.pcall('GET', KEYS[3])
if type(forgotten) == 'table' then forgotten = ARGV[2] end
if ARGV[3] ~= '' and (not forgotten or tonumber(forgotten) < tonumber(ARGV[2])) then
  local said = redis.pcall('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
  if said.ok then stored = 1 end
end
if redis.pcall('GET', KEYS[2]) == ARGV[1] then redis.pcall('DEL', KEYS[2]) end
return stored
