// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Synchronization
internal import Web

extension ServerCore {
    /// A request's head is there: checks it, and has it answered at once or starts the handler.
    func begin(
        _ connection: ServerConnection, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> Exchange.Step {
        let (target, targetCount) = connection.target
        connection.target = (nil, 0)
        do throws(RequestHead.Problem) {
            let head = try unsafe RequestHead(connection.handle, method: method, version: version, target: targetCount)
            guard connection.handle.headSize <= settings.headBytes else {
                throw RequestHead.Problem(431, "the head is too large")
            }
            guard let target else {
                throw RequestHead.Problem(400, "the target is no path, or an ambiguous one")
            }
            if case .length(let length) = head.framing, length > settings.bodyBytes {
                throw RequestHead.Problem(413, "the body is larger than accepted here")
            }
            let certificate = try connection.certificate()
            // Counted before it is asked: who ends the server asks first and looks at the count then.
            requests.add(1, ordering: .sequentiallyConsistent)
            guard !isEnding.load(ordering: .sequentiallyConsistent) else {
                requests.subtract(1, ordering: .relaxed)
                throw RequestHead.Problem(503, "the server is ending")
            }
            let id = RequestID()
            connection.running = RunningRequest(id: id, method: head.method, path: target.path, start: .now)
            let isReading = head.framing == .none && (head.method == .get || head.method == .head)
            if isReading, let immediate {
                let request = ServerRequest(id, head, target, .none, connection, certificate)
                if let response = immediate(request) {
                    let answer = checked(response, request)
                    if answer.hasBody(isHead: head.method == .head), case .stream(_, let stream) = answer.body {
                        let exchange = connection.startExchange(head)
                        exchange.start(answer, stream, request)
                    } else {
                        connection.answer = answer
                    }
                    return .wait
                }
            }
            let exchange = connection.startExchange(head)
            let body =
                head.framing == .none
                ? RequestBody.none
                : RequestBody(length: head.framing.length, stream: ByteStream { try await exchange.nextUpload() })
            exchange.start(ServerRequest(id, head, target, body, connection, certificate))
            return .wait
        } catch {
            observe(.refused(connection.peer, status: error.status, reason: error.reason))
            connection.leavesBody = true
            var answer = ServerResponse.error(error.status, error.reason)
            // Nothing has been done, and another server, or this one when it is back, may do it.
            if error.status == 503 { answer.headers.add("Retry-After", "1") }
            return .answer(answer, closing: true)
        }
    }

    /// An answer, or what is sent in place of one that cannot be sent.
    func checked(_ response: ServerResponse, _ request: ServerRequest) -> ServerResponse {
        do {
            try response.check(isHead: request.method == .head)
            return response
        } catch {
            observe(.failed(request.id, request.method, path: request.path, error))
            return .failed
        }
    }
}

extension ServerRequest {
    fileprivate init(
        _ id: RequestID, _ head: RequestHead, _ target: RequestTarget, _ body: RequestBody,
        _ connection: ServerConnection, _ certificate: [UInt8]?
    ) {
        self.init(
            id: id, method: head.method, target: target, headers: head.headers, body: body, peer: connection.peer,
            isTLS: connection.credentials != nil, clientCertificate: certificate)
    }
}
