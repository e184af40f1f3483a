// SPDX-License-Identifier: Apache-2.0

import Basics
import TestRegistry

/// How a row has to end.
enum Verdict: Sendable, CustomStringConvertible {
    /// With everything as it would be with an honest registry.
    case right
    /// With a failure of one of these codes.
    case fails(Set<Fault.Code>)
    /// Either way, where the engine is free or the outcome depends on who is faster.
    case either(Set<Fault.Code>)

    static func fails(_ code: Fault.Code) -> Verdict { .fails([code]) }

    func accepts(_ fault: Fault?) -> Bool {
        switch self {
        case .right: fault == nil
        case .fails(let codes): fault.map { codes.contains($0.code) } ?? false
        case .either(let codes): fault.map { codes.contains($0.code) } ?? true
        }
    }

    var description: String {
        switch self {
        case .right: "right"
        case .fails(let codes): "fails: \(codes.map(\.name).sorted())"
        case .either(let codes): "right or \(codes.map(\.name).sorted())"
        }
    }
}

extension HostileRow {
    /// Whether the fault passes after some requests.
    var passes: Bool { fault.requests.upperBound != Int.max }
    /// Whether it passes after the first request; some things are tried anew just a few times.
    private var once: Bool { fault.requests.upperBound == 1 }
    private var stage: RegistryStage { fault.stage }
    /// Whether nobody reads the body of the answer.
    private var isUnread: Bool { [.beginUpload, .patchUpload, .putBlob, .putManifest, .ping].contains(stage) }
    private var isHead: Bool { stage == .headManifest || stage == .headBlob }
    /// Whether the bytes of the answer are those of a digest.
    private var isDigested: Bool { stage == .getManifest || stage == .getBlob }
    private var isList: Bool { [.tags, .catalogue, .referrers].contains(stage) }
    /// Whether a mount is tried first, which may fail.
    private var mounts: Bool { stage == .beginUpload && direction == .transferWithin }

    /// What the engine has to make of it.
    var verdict: Verdict {
        // Where patience is short, a busy machine is taken for a slow registry now and then.
        guard fault.behaviour.isSlow else { return repeatedVerdict }
        return switch repeatedVerdict {
        case .right: .either([.unavailable])
        case .fails(let codes): .fails(codes.union([.unavailable]))
        case .either(let codes): .either(codes.union([.unavailable]))
        }
    }

    /// Whether the registry does what it is asked for, and the answer does not arrive.
    var losesAnswers: Bool {
        guard stage == .putManifest else { return false }
        return switch fault.behaviour {
        case .reset(let moment), .hangUp(let moment): moment != .insideRequest && moment != .beforeAnswer
        case .slowHead, .slowInterim, .contentDigest, .length, .endlessHead, .endlessInterim, .endlessTrailers: true
        default: false
        }
    }

    /// A transfer tries what is not available a second time, and finds then what was stored without an answer.
    private var repeatedVerdict: Verdict {
        let isTransfer = [.transferFrom, .transferTo, .transferWithin].contains(direction)
        guard isTransfer, passes || stage == .putBlob, case .fails(let codes) = patientVerdict,
            codes.contains(.unavailable)
        else { return patientVerdict }
        return .either(codes)
    }

    private var patientVerdict: Verdict { resumed(usualVerdict) }

    private var usualVerdict: Verdict {
        switch fault.behaviour {
        case .reset(.insideBody), .hangUp(.insideBody), .length(.tooLong), .length(.huge), .length(.chunk), .slowBody:
            // The small documents are asked for again.
            if isUnread || isHead { return .right }
            guard stage != .getBlob else { return .either([.unavailable]) }
            return passes ? .right : .fails(.unavailable)
        case .reset, .hangUp, .silence, .slowHead, .slowInterim: return broken
        case .endlessHead, .endlessInterim: return .fails(.limitExceeded)
        case .endlessBody, .endlessChunks:
            return isUnread ? .right : .fails(stage == .getBlob ? .mismatch : .limitExceeded)
        case .endlessTrailers: return isUnread ? .either([.limitExceeded]) : .fails([.limitExceeded, .unavailable])
        case .length(.tooShort):
            return isUnread || isHead ? .right : .fails(isDigested ? [.mismatch] : [.invalid, .corrupt])
        case .length, .noHTTP: return .fails(.invalid)
        case .http10: return .right
        case .otherBytes: return spoiled
        case .gzip, .document:
            return stage == .referrers && fault.behaviour == .document(.otherTypes) ? .fails(.corrupt) : spoiled
        case .contentDigest(let text) where text?.contains("555") == true:
            if stage == .headManifest { return [.push, .transferTo].contains(direction) ? .right : .fails(.notFound) }
            return stage == .putManifest ? .fails(.mismatch) : .right
        case .contentDigest, .field("Content-Type", _): return .right
        case .field("Location", _), .location: return located
        case .field("Link", let value): return linked(value ?? "")
        case .field: return .right
        case .status(let status, let wait): return answered(status, wait)
        case .error(let status, _): return answered(status, nil)
        case .earlyStatus(let status):
            return status == 503 ? (passes ? .right : .fails(.unavailable)) : .fails(.invalid)
        case .challenge: return challenged
        case .lie: return lied
        case .redirect(let target, let status): return redirected(target, status)
        case .lostSession: return once ? .right : passes ? .either([.notFound]) : .fails(.notFound)
        case .otherRange, .wholeAsRange: return .fails([.invalid, .corrupt])
        // Made for tests of their own.
        case .refuseMount, .claim, .together: return .right
        }
    }

    /// The connection breaks, or nothing comes.
    private var broken: Verdict {
        passes ? .right : .fails(.unavailable)
    }

    /// The body is not what it should be.
    private var spoiled: Verdict {
        if isUnread { return .right }
        if isDigested { return .fails(stage == .getManifest ? [.mismatch, .limitExceeded] : [.mismatch]) }
        if stage == .token { return .fails([.unauthorized, .invalid, .limitExceeded]) }
        return .fails([.invalid, .corrupt, .limitExceeded])
    }

    private var located: Verdict {
        switch fault.behaviour {
        case .location(.foreign), .location(.loop): .right
        // These lead to no upload that anybody knows, as if it had been forgotten.
        case .location(.text("")), .location(.text("//{foreign}/v2/x")):
            passes ? .right : .fails([.invalid, .notFound])
        default:
            mounts && passes ? .either(Self.anyFailure) : .fails([.invalid, .unavailable, .notFound, .unauthorized])
        }
    }

    private func linked(_ value: String) -> Verdict {
        // An empty list has no second page.
        if stage == .referrers { return .right }
        return value.contains("http:") || value.contains("file:") ? .fails(.invalid) : .right
    }

    private var challenged: Verdict {
        if stage == .catalogue && !passes || stage == .catalogue {
            return .fails([.unauthorized, .unsupported, .invalid])
        }
        if stage == .ping && passes { return .either([.invalid, .unauthorized]) }
        return mounts && passes ? .either([.unauthorized, .invalid]) : .fails([.unauthorized, .invalid])
    }

    private var lied: Verdict {
        switch stage {
        // What is said to be there and is not is sent after all.
        case .beginUpload: once ? .right : passes ? .either([.invalid]) : .fails(.invalid)
        case .putBlob: .fails(.notFound)
        case .putManifest: .fails([.notFound, .mismatch])
        case .getManifest, .getBlob: .fails(.mismatch)
        case .token: .fails([.invalid, .unauthorized])
        case .tags, .catalogue, .referrers: .fails([.invalid, .corrupt])
        default: .right
        }
    }

    private func redirected(_ target: RegistryBehaviour.Target, _ status: Int) -> Verdict {
        // The other origin is honest, and a password for a token service does not go there.
        let isWrite = [.beginUpload, .patchUpload, .putBlob, .putManifest].contains(stage)
        if isWrite && status == 301 || isWrite && status == 303 { return .fails(.invalid) }
        switch target {
        case .foreign: return stage == .token ? .fails(.unauthorized) : .right
        case .loop, .text(""): return passes ? .right : .fails(.invalid)
        case .alias: return .either([.unauthorized, .unsupported, .invalid])
        case .text(let text) where text.hasPrefix("//"): return answered(404, nil)
        default: return .fails([.invalid, .unavailable])
        }
    }

    private func answered(_ status: Int, _ wait: String?) -> Verdict {
        let isTransient = [408, 429, 500, 502, 503].contains(status)
        let isPatient = wait.map { $0 != "61" && $0.count < 20 || $0.hasPrefix("Wed") } ?? true
        if isTransient, passes, isPatient { return .right }
        if isTransient || status == 999 { return mounts ? .either([.unavailable]) : .fails(.unavailable) }
        if stage == .token { return .fails(.unauthorized) }
        if stage == .catalogue { return .fails(.unsupported) }
        let code: Fault.Code = [401: .unauthorized, 403: .forbidden, 404: .notFound][status] ?? .invalid
        if mounts && passes { return .either([code]) }
        // Without an answer to HEAD the manifest itself is asked for, but not by whom it is forbidden.
        if stage == .headManifest, status != 401 && status != 403 {
            return status == 404 ? .either([.notFound]) : .right
        }
        switch (stage, status) {
        case (.headBlob, 404), (.tags, 404), (.referrers, 404): return .right
        case (.putBlob, 204): return .fails(.notFound)
        // An upload that is forgotten begins anew, but not for ever.
        case (.putBlob, 404) where once: return .right
        case (.putBlob, 404) where passes: return .either([.notFound])
        default: return .fails(code)
        }
    }

    static let anyFailure: Set<Fault.Code> = [
        .invalid, .notFound, .unauthorized, .forbidden, .mismatch, .corrupt, .unavailable, .limitExceeded, .unsupported,
    ]
}
