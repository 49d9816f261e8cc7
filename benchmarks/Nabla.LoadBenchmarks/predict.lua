-- For wrk: each request has one of the images of a file, and what came of all is one line of JSON.
local images = {}
local sent = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local pixels = file:read("*a")
  file:close()
  for first = 1, #pixels, 784 do
    images[#images + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/octet-stream" }, pixels:sub(first, first + 783))
  end
end

function request()
  sent = sent % #images + 1
  return images[sent]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"errors":%d,"p50":%d,"p99":%d,"p999":%d}\n', summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
