// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// One connection: reads requests, finds the rule that fits, and answers by it.
struct WireConversation {
    /// Where the registry and the other origin are.
    struct Place {
        let scheme: String, port: Int, foreignPort: Int
        var foreign: String { "127.0.0.1:\(foreignPort)" }
    }
    let socket: WireSocket
    let state: Guarded<HostileRegistry.State>
    let place: Place
    let isForeign: Bool

    func run() {
        while let head = socket.readHead(), var request = WireRequest(head: head, isForeign: isForeign) {
            let route = RegistryRoute(request)
            let base = "\(place.scheme)://\(request.field("Host") ?? "127.0.0.1:\(place.port)")"
            let (refusal, behaviour) = state.withLock { state in
                state.begin(route.stage)
                return isForeign ? (nil, nil) : state.decide(request, route, base: base)
            }
            if let behaviour, !readBody(of: &request, behaviour, route) { return }
            if behaviour == nil { request.body = body(of: request) }
            state.withLock { [request] in $0.requests.append(request) }
            if let behaviour {
                guard misbehave(behaviour, request, route, base: base) else { return }
            } else {
                let answer = refusal ?? honest(request, route)
                guard send(answer, to: request) else { return }
            }
        }
    }

    /// Does what is asked and says what an honest registry would say.
    func honest(_ request: WireRequest, _ route: RegistryRoute) -> WireAnswer {
        state.withLock { state in
            route.stage == .token ? state.gate.token(request) : state.content.answer(request, route)
        }
    }

    /// Answers in order; false when the connection is at its end.
    func send(_ answer: WireAnswer, to request: WireRequest) -> Bool {
        // Before the client can know, so that its next request is not counted beside this one.
        state.withLock { $0.underWay[RegistryRoute(request).stage, default: 0] -= 1 }
        var answer = answer
        if answer.status != 204 { answer.set("Content-Length", "\(answer.body.count)") }
        return socket.send(answer.head() + (request.method == "HEAD" ? [] : answer.body))
    }

    // MARK: The request's body

    /// Reads the body by the rule; false when that ended the connection.
    private func readBody(of request: inout WireRequest, _ behaviour: RegistryBehaviour, _ route: RegistryRoute) -> Bool
    {
        let length = request.field("Content-Length").flatMap { Int($0) }
        switch behaviour {
        case .earlyStatus(let status):
            var answer = WireAnswer.error(status, "SAID_EARLY")
            answer.set("Connection", "close")
            _ = send(answer, to: request)
            state.withLock { [request] in $0.requests.append(request) }
            // With bytes unread the kernel makes the end a reset, as with servers that look no further.
            return false
        case .reset(.insideRequest), .hangUp(.insideRequest):
            request.body = length.map { socket.read($0 / 2) } ?? chunks(atMost: Self.partOfStream)
            if case .reset = behaviour { socket.makeReset() }
            state.withLock { [request] state in
                state.requests.append(request)
                if route.stage == .patchUpload { state.content.uploads[route.reference]? += request.body }
            }
            return false
        default:
            request.body = body(of: request)
            return true
        }
    }

    private func body(of request: WireRequest) -> [UInt8] {
        guard request.field("Transfer-Encoding")?.lowercased() == "chunked" else {
            return socket.read(request.field("Content-Length").flatMap { Int($0) } ?? 0)
        }
        let bytes = chunks(atMost: .max)
        while let line = socket.readLine(), !line.isEmpty {}
        return bytes
    }

    /// How much of a body without a length counts as half of it.
    private static let partOfStream = 64 * 1024

    /// The chunks of a body up to its last one, or until there are so many bytes.
    private func chunks(atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit, let line = socket.readLine(), let count = Int(line.prefix { $0 != ";" }, radix: 16) {
            if count == 0 { break }
            bytes += socket.read(count)
            _ = socket.readLine()
        }
        return bytes
    }
}

extension HostileRegistry.State {
    mutating func begin(_ stage: RegistryStage) {
        underWay[stage, default: 0] += 1
        mostAtOnce[stage] = max(mostAtOnce[stage] ?? 0, underWay[stage] ?? 0)
    }

    /// Whether the request is refused, and if not, the rule it meets.
    mutating func decide(
        _ request: WireRequest, _ route: RegistryRoute, base: String
    ) -> (refusal: WireAnswer?, behaviour: RegistryBehaviour?) {
        if let refusal = gate.refusal(request, route, base: base) { return (refusal, nil) }
        counts[route.stage, default: 0] += 1
        let number = counts[route.stage, default: 0]
        guard let index = faults.firstIndex(where: { $0.stage == route.stage && $0.requests.contains(number) }) else {
            return (nil, nil)
        }
        fired[index] += 1
        if case .together(let count) = faults[index].behaviour {
            let first = faults[index].requests.lowerBound
            return (nil, .together(first - 1 + ((number - first) / count + 1) * count))
        }
        return (nil, faults[index].behaviour)
    }
}
