// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension WireConversation {
    /// Answers by a rule; false when that ended the connection.
    func misbehave(
        _ behaviour: RegistryBehaviour, _ request: WireRequest, _ route: RegistryRoute, base: String
    ) -> Bool {
        switch behaviour {
        case .reset(let moment): return end(moment, request, route, withReset: true)
        case .hangUp(let moment): return end(moment, request, route, withReset: false)
        case .silence:
            while !socket.waitForEnd(milliseconds: 1000) {}
            return false
        case .slowHead, .slowBody, .slowInterim, .endlessHead, .endlessInterim, .endlessBody, .endlessChunks,
            .endlessTrailers:
            pour(behaviour, honest(request, route), request)
            return false
        case .length(let length):
            misstate(length, honest(request, route), request)
            return false
        case .http10:
            let answer = honest(request, route)
            socket.send(answer.head(version: "HTTP/1.0") + (request.method == "HEAD" ? [] : answer.body))
            socket.finish()
            return false
        case .together(let total):
            // Ten seconds are more than the slowest machine needs to send what it sends at once.
            for _ in 0..<2000 where state.withLock({ $0.counts[route.stage] ?? 0 }) < total {
                if socket.waitForEnd(milliseconds: 5) { return false }
            }
            let isMet = state.withLock { $0.counts[route.stage] ?? 0 } >= total
            return send(isMet ? honest(request, route) : .error(503, "ALONE"), to: request)
        case .noHTTP:
            socket.send(Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8))
            socket.finish()
            return false
        default: return send(changed(behaviour, request, route, base: base), to: request)
        }
    }

    /// The whole answers that are wrong in what they say.
    private func changed(
        _ behaviour: RegistryBehaviour, _ request: WireRequest, _ route: RegistryRoute, base: String
    ) -> WireAnswer {
        switch behaviour {
        case .status(let status, let wait):
            var answer = WireAnswer.error(status, "SAID_SO")
            answer.set("Retry-After", wait)
            return answer
        case .error(let status, let text):
            return WireAnswer(status, [("Content-Type", "application/json")], Array(text.utf8))
        case .challenge(let text):
            var answer = WireAnswer.error(401, "UNAUTHORIZED")
            answer.set("WWW-Authenticate", text.replacing("{foreign}", with: place.foreign))
            return answer
        case .refuseMount(let status) where !request.query("mount").isEmpty:
            guard status == 202 else { return status < 300 ? WireAnswer(status) : .error(status, "UNSUPPORTED") }
            var plain = request
            plain.forgetQuery()
            return honest(plain, route)
        case .claim(let size) where request.method == "HEAD":
            return WireAnswer(200, [("Content-Type", "application/octet-stream")], [UInt8](repeating: 0, count: size))
        case .lie: return WireAnswer(request.method == "GET" || request.method == "HEAD" ? 200 : 201)
        case .redirect(let target, let status):
            return WireAnswer(status, [("Location", address(target, request.target, base))])
        case .lostSession:
            state.withLock { _ = $0.content.uploads.removeValue(forKey: route.reference) }
            return .error(404, "BLOB_UPLOAD_UNKNOWN")
        default: break
        }
        var answer = honest(request, route)
        switch behaviour {
        case .otherBytes:
            if !answer.body.isEmpty { answer.body[answer.body.count / 2] ^= 1 }
        case .contentDigest(let digest): answer.set("Docker-Content-Digest", digest)
        case .field(let name, let value): answer.set(name, value?.replacing("{foreign}", with: place.foreign))
        case .gzip:
            answer.set("Content-Encoding", "gzip")
            answer.body = Self.stored(answer.body)
        case .document(let document): answer.body = Self.bytes(of: document)
        case .location(let target):
            let honest = answer.fields.first { $0.0 == "Location" }?.1 ?? "/"
            answer.set("Location", address(target, honest, base))
        case .otherRange:
            answer.status = 206
            answer.set("Content-Range", "bytes 7-\(6 + answer.body.count)/\(7 + answer.body.count)")
        case .wholeAsRange:
            let range = request.field("Range").flatMap { RegistryContent.range($0, .max) }
            if range != nil {
                var plain = request
                plain.forget("Range")
                answer = honest(plain, route)
            }
            answer.status = 206
            answer.set("Content-Range", "bytes \(range?.lowerBound ?? 0)-\(answer.body.count - 1)/\(answer.body.count)")
        default: break
        }
        return answer
    }

    private func address(_ target: RegistryBehaviour.Target, _ same: String, _ base: String) -> String {
        switch target {
        case .foreign: "http://\(place.foreign)\(same)"
        case .alias: "\(place.scheme)://localhost:\(place.port)\(same)"
        case .loop: "\(base)\(same)"
        case .text(let text): text.replacing("{foreign}", with: place.foreign)
        }
    }

    /// A gzip member that stores its bytes uncompressed (RFC 1951 section 3.2.4); its checksum is left wrong.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
            member += [rest.isEmpty ? 1 : 0, low, high, ~low, ~high] + block
        } while !rest.isEmpty
        return member + [UInt8](repeating: 0, count: 8)
    }

    private static func bytes(of document: RegistryBehaviour.Document) -> [UInt8] {
        switch document {
        case .empty: []
        case .page: Array("<!DOCTYPE html><title>Sign in</title>".utf8)
        case .half: Array(#"{"schemaVersion":2,"manifests":[{"digest":"sha"#.utf8)
        case .binary: (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 181 &+ 7) }
        case .nested: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        case .large: Array("[0".utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 32 << 20) + Array("]".utf8)
        case .number: Array("12".utf8)
        case .otherObject: Array(#"{"hello":"world"}"#.utf8)
        case .otherTypes:
            Array(
                #"{"tags":{"a":1},"repositories":7,"manifests":"none","token":[],"schemaVersion":"2","errors":"all"}"#
                    .utf8)
        }
    }
}
