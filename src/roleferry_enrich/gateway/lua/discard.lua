-- Delete a value that could not be opened, unless another has taken its place.
--
-- KEYS[1]  the answer
-- ARGV[1]  the first bytes of what could not be opened
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) == ARGV[1] then
  redis.pcall('DEL', KEYS[1])  -- a replica that takes no writes can still be read
end
