// SPDX-License-Identifier: Apache-2.0

/// The error every API of this package throws: a code to branch on, a sentence to read, a way out.
public struct Fault: Error, Sendable {
    /// What kind of failure it is; the only part a program should branch on.
    public let code: Code
    /// What failed and on which thing: one sentence without a full stop and without an “error:” prefix.
    ///
    /// Never holds a secret: URLs lose user info and query before they get here.
    public let message: String
    /// What the reader can do about it, when we know; some codes have a usual answer.
    public let fix: String?
    /// What made it fail, when that was another error.
    public let cause: (any Error)?

    /// Creates a failure.
    public init(_ code: Code, _ message: String, fix: String? = nil, cause: (any Error)? = nil) {
        (self.code, self.message, self.fix, self.cause) = (code, message, fix ?? code.usualFix, cause)
    }

    /// Wraps any error, keeping a failure as it is.
    public init(wrapping error: any Error) {
        if let fault = error as? Fault {
            self = fault
        } else if error is CancellationError {
            self.init(.cancelled, "the operation was cancelled")
        } else {
            self.init(.internal, "\(error)")
        }
    }

    /// Says what we were doing when it failed; code and fix stay those of the root.
    public func during(_ activity: String) -> Fault {
        Fault(code, "\(activity): \(message)", fix: fix, cause: cause)
    }

    /// Says which thing it is about, unless the message names it already.
    public func about(_ thing: String) -> Fault { message.contains(thing) ? self : during(thing) }

    /// The same failure under another code, for callers to whom it means something else.
    public func coded(_ code: Code) -> Fault { Fault(code, message, fix: fix, cause: cause) }
}

extension Fault {
    /// The kind of a failure. A struct, not an enum: a new code must not break anyone's `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as it appears in machine-readable output, such as `digest_mismatch`.
        public let name: String
        /// The same as `name`.
        public var description: String { name }

        /// Names a code; used for the constants below.
        public init(name: String) { self.name = name }

        /// What helps whenever nothing more special is known.
        var usualFix: String? {
            switch self {
            case .limitExceeded: "check that it is the right one; nothing of its kind needs that much"
            case .corrupt, .mismatch: "it was damaged or altered; fetch it again from its origin"
            default: nil
            }
        }
    }
}

extension Fault.Code {
    /// The input breaks a rule: a file, an argument, a document from outside.
    public static let invalid = Self(name: "invalid")
    /// The thing does not exist where it was looked for.
    public static let notFound = Self(name: "not_found")
    /// Something of that name exists already, with other content.
    public static let conflict = Self(name: "conflict")
    /// Credentials are missing (HTTP 401).
    public static let unauthorized = Self(name: "unauthorized")
    /// Credentials were accepted but do not suffice (HTTP 403, file permissions).
    public static let forbidden = Self(name: "forbidden")
    /// Content is not what its digest says.
    public static let mismatch = Self(name: "digest_mismatch")
    /// What a repository holds contradicts itself or stands under another's name: damaged or forged.
    public static let corrupt = Self(name: "corrupt_content")
    /// A signature, a certificate chain or a signed digest does not verify.
    public static let unverified = Self(name: "verification_failed")
    /// The other side cannot be reached, or failed on its side (connection lost, HTTP 429 and 5xx).
    public static let unavailable = Self(name: "unavailable")
    /// A named limit was exceeded: size, depth, count, ratio.
    public static let limitExceeded = Self(name: "limit_exceeded")
    /// The thing is well formed but of a kind we do not handle.
    public static let unsupported = Self(name: "unsupported")
    /// The operating system refused: no permission, too many files.
    public static let system = Self(name: "system")
    /// A disk or a quota of the operating system has no room left.
    public static let diskFull = Self(name: "disk_full")
    /// The work was cancelled from outside.
    public static let cancelled = Self(name: "cancelled")
    /// Some parts are done, others failed; running again continues.
    public static let partial = Self(name: "partial")
    /// One of our own promises broke.
    public static let `internal` = Self(name: "internal")
}

extension Fault: CustomStringConvertible {
    /// The message followed by the messages of the causes.
    public var description: String {
        guard let cause else { return message }
        return "\(message): \(cause)"
    }
}
