// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// What one run of a mirror did.
public struct MirrorReport: Sendable {
    /// One repository.
    public struct Repository: Sendable {
        /// Its name here.
        public let name: String
        /// Tags that were brought.
        public var copied: [String] = []
        /// How many tags were as they are there.
        public var unchanged = 0
        /// Tags that were removed.
        public var pruned: [String] = []
        /// Why a tag, or with an empty one the whole repository, could not be brought.
        public var failures: [(tag: String, reason: String)] = []
        /// How many bytes were moved.
        public var bytesMoved: Int64 = 0

        /// Whether all went well.
        public var isComplete: Bool { failures.isEmpty }

        init(name: String) { self.name = name }

        var json: JSON {
            [
                "repository": .string(name), "copied": .array(copied.map { .string($0) }),
                "unchanged": .number(JSONNumber(Int64(unchanged))), "pruned": .array(pruned.map { .string($0) }),
                "bytesMoved": .number(JSONNumber(bytesMoved)),
                "failures": .array(failures.map { ["tag": .string($0.tag), "reason": .string($0.reason)] }),
            ]
        }
    }
    /// One archive.
    public struct Archive: Sendable {
        /// The name of its file or folder.
        public let name: String
        /// What was in it.
        public internal(set) var repositories: [Repository] = []
        /// Why it could not be read at all.
        public internal(set) var failure: String?

        /// Whether all of it was carried in.
        public var isComplete: Bool { failure == nil && repositories.allSatisfy(\.isComplete) }

        var json: JSON {
            var object: JSONObject = [
                "archive": .string(name), "complete": .bool(isComplete),
                "repositories": .array(repositories.map(\.json)),
            ]
            if let failure { object["failure"] = .string(failure) }
            return .object(object)
        }
    }
    /// The rule's name.
    public let name: String
    /// When it began, in milliseconds since 1970.
    public let started: Int64
    /// When it ended.
    public internal(set) var ended: Int64
    /// The repositories of a registry.
    public internal(set) var repositories: [Repository] = []
    /// The archives of a folder.
    public internal(set) var archives: [Archive] = []
    /// Why nothing could be done at all.
    public internal(set) var failure: String?

    /// Whether all went well.
    public var isComplete: Bool {
        failure == nil && repositories.allSatisfy(\.isComplete) && archives.allSatisfy(\.isComplete)
    }

    /// The report as a document.
    public var json: JSON {
        var object: JSONObject = [
            "mirror": .string(name), "started": .string(Timestamp(seconds: started / 1000).description),
            "ended": .string(Timestamp(seconds: ended / 1000).description), "complete": .bool(isComplete),
            "repositories": .array(repositories.map(\.json)), "archives": .array(archives.map(\.json)),
        ]
        if let failure { object["failure"] = .string(failure) }
        return .object(object)
    }
}
