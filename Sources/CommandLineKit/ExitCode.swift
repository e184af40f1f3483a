// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// How a program ended, for whoever started it. The numbers are part of the interface and do not change.
public struct ExitCode: RawRepresentable, Hashable, Sendable {
    /// The number for `exit`.
    public let rawValue: Int32
    /// Wraps a number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Everything is done.
    public static let done = Self(rawValue: 0)
    /// It failed, and no other code says more.
    public static let failed = Self(rawValue: 1)
    /// The command line is wrong; nothing was done.
    public static let usage = Self(rawValue: 2)
    /// A digest, a signature or a certificate does not verify.
    public static let verification = Self(rawValue: 3)
    /// Credentials are missing or do not suffice.
    public static let credentials = Self(rawValue: 4)
    /// Some of it is done; running again continues.
    public static let partial = Self(rawValue: 5)
    /// Stopped by SIGINT or SIGTERM, after cleaning up.
    public static let interrupted = Self(rawValue: 130)

    /// All codes with what they mean, for help.
    public static let meanings: [(code: ExitCode, meaning: String)] = [
        (.done, "everything is done"),
        (.failed, "it failed; the error says why"),
        (.usage, "the command line is wrong; nothing was done"),
        (.verification, "a digest, a signature or a certificate does not verify, or what is stored is damaged"),
        (.credentials, "credentials or permissions are missing or do not suffice"),
        (.partial, "some of it is done; running it again continues"),
        (.interrupted, "stopped by SIGINT or SIGTERM, after cleaning up"),
    ]

    /// The code that stands for an error.
    public init(_ error: any Error) {
        guard !(error is UsageError) else {
            self = .usage
            return
        }
        switch Fault(wrapping: error).code {
        case .mismatch, .corrupt, .unverified: self = .verification
        case .unauthorized, .forbidden: self = .credentials
        case .partial: self = .partial
        case .cancelled: self = .interrupted
        default: self = .failed
        }
    }
}
