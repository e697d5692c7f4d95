-- Forget an answer everywhere, also where it is only just being got.
--
-- KEYS[1]  the answer
-- KEYS[2]  when it was last forgotten; outlives every conversation that began before
-- ARGV[1]  how long to remember that, in milliseconds
-- ARGV[2]  the channel on which all processes listen
-- ARGV[3]  what to tell them
--
-- Atomic because a process told before the answer is gone could read it once more, and keep it.
local time = redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000000 + time[2]), 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
