// SPDX-License-Identifier: Apache-2.0

import TestRegistry

/// Every behaviour at every stage of every direction, once and for ever.
enum HostileTable {
    static let behaviours: [RegistryBehaviour] = {
        typealias Behaviour = RegistryBehaviour
        var all: [Behaviour] = Behaviour.Moment.allCases.flatMap { [.reset($0), .hangUp($0)] }
        all += [.silence, .slowHead, .slowBody, .slowInterim]
        all += [.endlessHead, .endlessInterim, .endlessBody, .endlessChunks, .endlessTrailers]
        all += Behaviour.Length.allCases.map { .length($0) } + [.http10, .noHTTP, .otherBytes, .gzip]
        all += [.contentDigest(nil), .contentDigest("sha256:" + String(repeating: "5", count: 64))]
        all += [.contentDigest("md5:1"), .field("Content-Type", nil), .field("Content-Type", "text/html")]
        all += [400, 401, 403, 404, 405, 408, 410, 416, 418, 429, 500, 502, 503, 999].map { .status($0) }
        all += ["0", "1", "59", "61", "999999999999999999999999", "-1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"]
            .map { .status(429, retryAfter: $0) }
        all +=
            [204, 206, 301, 304].map { .status($0) } + [.earlyStatus(400), .earlyStatus(413), .earlyStatus(503), .lie]
        all += [
            #"Basic realm="again""#, #"Bearer realm="file:///etc/passwd""#, #"Bearer realm="http://u:p@{foreign}/t""#,
            #"Bearer realm="http://192.0.2.1/token""#, #"Bearer realm="""#, "Bearer", "Negotiate", "\"\"\",=,",
            #"Bearer realm="/token""#,
        ].map { .challenge($0) }
        all += Behaviour.Document.allCases.map { .document($0) }
        all += [.error(400, #"{"errors":[{"code":"\u001b[2J\u0007","message":"\u001b]0;owned\u0007\r\n"}]}"#)]
        all += [.error(403, #"{"errors":[{"code":7},"x",null]}"#), .error(500, String(repeating: "[", count: 500_000))]
        let targets: [Behaviour.Target] = [
            .foreign, .alias, .loop, .text("file:///etc/passwd"), .text("http://u:p@{foreign}/"), .text(""),
            .text("gopher://{foreign}/x"), .text("http://127.0.0.1:1/x"), .text("//{foreign}/v2/x"),
            .text("http://{foreign}:99999/"), .text("\u{1b}[2J"),
        ]
        all += targets.map { .redirect($0) } + [.redirect(.foreign, status: 301), .redirect(.foreign, status: 303)]
        all += [.redirect(.loop, status: 308)]
        all += targets.map { .location($0) } + [.field("Location", nil), .lostSession, .otherRange, .wholeAsRange]
        all += ["<http://{foreign}/v2/x/tags/list>; rel=next", "<file:///etc/passwd>; rel=next", "<>; rel=next", "<"]
            .map { .field("Link", $0) }
        all +=
            ["0-0", "0-99999", "0-4199998", "0-4200127", "0-4299999", "0-999999999999", "7-4199999", "0--5", "soon"]
            .map { .field("Range", $0) } + [.field("Range", nil)]
        return all
    }()

    static func rows(_ direction: Direction) -> [HostileRow] {
        let access: HostileRegistry.Access =
            switch direction {
            case .transferTo, .transferFrom, .components: .basic
            case .ping: .open
            default: .token
            }
        return direction.stages.filter { access == .token || $0 != .token }.flatMap { stage in
            behaviours.filter { fits($0, stage) }.flatMap { behaviour -> [HostileRow] in
                // Once, for a while, and for ever. A transfer meets what does not pass as a read or a write does.
                let isTransfer = [.transferFrom, .transferTo, .transferWithin].contains(direction)
                let once = behaviour.canPass || !isTransfer ? [1...1] : []
                return (once + (behaviour.canPass ? [1...3] : []) + [1...Int.max]).map {
                    HostileRow(
                        direction: direction, access: access,
                        fault: RegistryFault(stage, behaviour, at: $0))
                }
            }
        }
    }

    /// Whether a behaviour changes anything at a stage.
    private static func fits(_ behaviour: RegistryBehaviour, _ stage: RegistryStage) -> Bool {
        let isHead = stage == .headManifest || stage == .headBlob
        let hasRequestBody = stage == .putBlob || stage == .putManifest || stage == .patchUpload
        let isUpload = [.beginUpload, .uploadStatus, .patchUpload].contains(stage)
        return switch behaviour {
        case .reset(.insideRequest), .hangUp(.insideRequest), .earlyStatus: hasRequestBody
        case .reset(.insideBody), .hangUp(.insideBody), .slowBody, .endlessBody, .endlessChunks, .endlessTrailers,
            .document, .gzip, .length(.chunk):
            !isHead
        // A list has no digest: with another bit it is another list.
        case .otherBytes: !isHead && ![.tags, .catalogue, .referrers].contains(stage)
        case .location: isUpload
        case .field("Location", _): isUpload
        case .field("Link", _): [.tags, .catalogue, .referrers].contains(stage)
        case .lostSession: [.uploadStatus, .patchUpload, .putBlob].contains(stage)
        case .field("Range", _): stage == .uploadStatus
        case .otherRange, .wholeAsRange: stage == .getBlob
        case .contentDigest: [.headManifest, .getManifest, .putManifest, .headBlob, .getBlob, .putBlob].contains(stage)
        default: true
        }
    }
}
