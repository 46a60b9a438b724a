-- Each line of the file is an address; every thread asks for them in an order of its own, again and again.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    requests = {}
    for line in io.lines(arguments[1]) do
        requests[#requests + 1] = "GET " .. line .. " HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    math.randomseed(number + 1)
    place = 0
end

function request()
    place = math.random(#requests)
    return requests[place]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT requests=%d seconds=%.6f refused=%d broken=%d p50_ms=%.3f p99_ms=%.3f max_ms=%.3f\n",
        summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
