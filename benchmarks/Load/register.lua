-- Each line of the thread's own file is one request: an event's id and the token of a person who has not registered for it.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    file = assert(io.open(arguments[1] .. "." .. number))
end

function request()
    local line = file:read()
    if not line then
        wrk.thread:stop()
        return "GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    local event, token = line:match("^(%d+) (.*)$")
    return "POST /api/events/" .. event .. "/register/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. token .. "\r\nContent-Length: 0\r\n\r\n"
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT requests=%d seconds=%.6f refused=%d broken=%d p50_ms=%.3f p99_ms=%.3f max_ms=%.3f\n",
        summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
