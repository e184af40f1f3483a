// SPDX-License-Identifier: Apache-2.0

import Basics
import TestRegistry

extension HostileRow {
    /// How a blob that an earlier run began to move differs from others, whose verdict is `usual`: what was kept of it
    /// may be worth nothing, which costs the bytes of one blob and is no failure.
    func resumed(_ usual: Verdict) -> Verdict {
        switch (direction, fault.stage) {
        case (.resumedUpload, .uploadStatus): asked
        case (.resumedUpload, .patchUpload): continued(usual)
        case (.resumedUpload, .putBlob): completed(usual)
        case (.resumedUpload, .beginUpload):
            passes && fault.behaviour == .location(Self.nobody) ? .right : usual
        case (.resumedDownload, .getBlob): fetched(usual)
        default: usual
        }
    }

    /// An address where nobody listens.
    private static let nobody = RegistryBehaviour.Target.text("http://127.0.0.1:1/x")

    /// The status that is answered, early or not.
    private var status: Int? {
        switch fault.behaviour {
        case .status(let status, _), .earlyStatus(let status), .error(let status, _): status
        default: nil
        }
    }

    /// How far the session is: without an answer to that, a new one is begun.
    private var asked: Verdict {
        switch fault.behaviour {
        // What follows an answer that has no body spoils the connection for the next request.
        case .slowBody, .endlessBody, .endlessChunks, .endlessTrailers, .document:
            .either([.invalid, .limitExceeded, .unavailable])
        case .location(Self.nobody): passes ? .right : .fails(.unavailable)
        // Another origin gets no password.
        case .location(.alias): .fails(.unauthorized)
        default: .right
        }
    }

    /// The rest of the blob: it goes on after a break, and into another session, or as a whole, after a refusal.
    private func continued(_ usual: Verdict) -> Verdict {
        switch fault.behaviour {
        // For ever too: each break leaves the registry with more, until it has all.
        case .reset, .hangUp, .slowHead, .slowInterim: return passes ? .right : .either([.unavailable])
        case .status, .error, .earlyStatus:
            guard let status, ![401, 403].contains(status) else { return usual }
            if passes { return .right }
            // These say that it takes no pieces, unless the connection is gone before that is read.
            let takesWhole = [400, 405, 413].contains(status)
            return takesWhole ? (isEarly ? .either([.unavailable]) : .right) : usual
        case .lie: return passes ? .right : .fails(.invalid)
        case .redirect(Self.nobody, _) where passes: return .either([.unavailable])
        case .redirect(.text("//{foreign}/v2/x"), _) where passes: return .right
        case .location(Self.nobody) where passes: return .either([.unavailable])
        case .location(.text("")) where !passes: return .either([.invalid, .notFound])
        case .location(.text) where passes, .field("Location", _) where passes: return .right
        default: return usual
        }
    }

    private var isEarly: Bool { if case .earlyStatus = fault.behaviour { true } else { false } }

    /// A refusal of the end says that the session held other bytes.
    private func completed(_ usual: Verdict) -> Verdict {
        passes && [400, 416].contains(status) ? .right : usual
    }

    /// The rest of a download: when the whole is wrong, it is fetched once more from its start.
    private func fetched(_ usual: Verdict) -> Verdict {
        switch fault.behaviour {
        case .length(.tooShort): return .either([.mismatch, .unavailable, .invalid])
        case .document, .otherBytes, .gzip, .endlessBody, .endlessChunks, .lie, .wholeAsRange:
            if fault.requests.upperBound == 1 { return .right }
            let codes: Set<Fault.Code> = [.mismatch, .unavailable, .limitExceeded, .corrupt, .invalid]
            return passes ? .either(codes) : .fails(codes)
        case .status(206, _): return .fails([.invalid, .corrupt])
        default: return usual
        }
    }
}
