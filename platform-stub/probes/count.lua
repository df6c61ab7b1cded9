-- For wrk: sends N requests to a host (`-- HOST N`) and prints how many each worker has answered, by its X-Worker;
-- of the load balancer's own answers, how many there were of each status and reason.
local counts, left = {}, 0

function init(args)
  wrk.headers["Host"] = args[1]
  wrk.headers["Accept"] = "application/json"
  left = tonumber(args[2])
end

function response(status, headers, body)
  if left == 0 then return end
  local who = headers["X-Worker"] or (status .. " " .. (body:match('"reason":"([%w_]+)"') or "-"))
  counts[who] = (counts[who] or 0) + 1
  left = left - 1
  if left == 0 then
    for key, count in pairs(counts) do print("COUNT " .. count .. " " .. key) end
    print("END")
    io.stdout:flush()
    wrk.thread:stop()
  end
end
