// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Chronology
internal import WebClient

/// How a client of a cluster behaves.
public struct KubernetesClientSettings: Sendable {
    /// What we call ourselves.
    public var userAgent = "sovereign/0.1"
    /// Who is named in the managed fields of what we write, unless a request says otherwise; nil leaves it to the server.
    public var fieldManager: String? = "sovereign"
    /// The most bytes of an answer with one object.
    public var objectBytes = 4 << 20
    /// The most bytes of an answer with a page of a list, and of discovery.
    public var listBytes = 64 << 20
    /// The most bytes of one event of a watch.
    public var eventBytes = 8 << 20
    /// How often a request is sent at the most.
    public var attempts = 4
    /// The longest wait that a server may ask for; one that asks for more is not asked again.
    public var longestRetryAfter = Duration.seconds(30)
    /// How long a server may say nothing before an answer to a request that is no watch.
    public var idleTimeout = Duration.seconds(75)
    /// For how many seconds a watch is asked for; it goes on with another one. A random number of these, so that many
    /// watches do not begin anew at once.
    public var watchSeconds = 240...300
    /// How waiting is done; tests hand in their own.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// What time it is, for credentials that expire.
    public var now: @Sendable () -> Moment = { Moment(seconds: Timestamp.now().seconds) ?? .start }
    /// The variables of plug-ins.
    public var environment = Environment.process
    /// Told what the server warns of, such as deprecated versions and unknown fields.
    public var warn: (@Sendable (String) -> Void)?
    /// Told one line per request, without queries and credentials.
    public var observe: (@Sendable (String) -> Void)?

    /// The defaults above.
    public init() {}
}

extension Moment {
    /// 1970-01-01T00:00:00Z.
    fileprivate static var start: Moment {
        guard let start = Moment(seconds: 0) else { preconditionFailure("1970 is in the range") }
        return start
    }
}
