// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// On whose account an open upload counts, so that nobody can take every place there is.
public enum UploadShare: Sendable, Hashable {
    /// A user's, by name.
    case user(String)
    /// That of those who come from a network without saying who they are, by its canonical text.
    case address(String)
    /// The registry's own, which has no limit but those of all: what it fetches for proxies and mirrors.
    case registry

    /// How the folder of an upload keeps it.
    var text: String {
        switch self {
        case .user(let name): "user \(name)"
        case .address(let network): "address \(network)"
        case .registry: "registry"
        }
    }

    /// Reads what a folder keeps; nil when it is none.
    init?(_ text: String) {
        if text.hasPrefix("user ") {
            self = .user(String(text.dropFirst(5)))
        } else if text.hasPrefix("address ") {
            self = .address(String(text.dropFirst(8)))
        } else if text == "registry" {
            self = .registry
        } else {
            return nil
        }
    }
}

/// How many uploads are open: altogether, by repository, and by share.
struct UploadCounts: Sendable {
    private(set) var all = 0
    private var repositories: [RepositoryName: Int] = [:]
    private var shares: [UploadShare: Int] = [:]

    /// Counts one more; throws `.tooManyRequests` when a limit has been reached, and counts nothing then.
    mutating func take(
        _ repository: RepositoryName, _ share: UploadShare, _ limits: RegistryLimits
    ) throws(Fault) {
        let fix =
            "finish or cancel some, then try again; one to which nothing comes for "
            + "\(max(1, limits.uploadIdle / 3_600_000)) h is given up by itself"
        if share != .registry, shares[share, default: 0] >= limits.uploadsPerPusher {
            throw Fault(
                .tooManyRequests, "you have \(limits.uploadsPerPusher) uploads under way, as many as you may", fix: fix)
        }
        guard all < limits.uploads, repositories[repository, default: 0] < limits.uploadsPerRepository else {
            throw Fault(.tooManyRequests, "too many uploads to \(repository) are under way", fix: fix)
        }
        count(repository, share)
    }

    /// Counts one more, whatever the limits.
    mutating func count(_ repository: RepositoryName, _ share: UploadShare) {
        all += 1
        repositories[repository, default: 0] += 1
        shares[share, default: 0] += 1
    }

    /// Counts one less.
    mutating func release(_ repository: RepositoryName, _ share: UploadShare) {
        all -= 1
        repositories[repository] = repositories[repository].flatMap { $0 > 1 ? $0 - 1 : nil }
        shares[share] = shares[share].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
