// SPDX-License-Identifier: Apache-2.0

public import Web

/// Where spans go and which are recorded.
public struct TracingSettings: Sendable {
    /// The collector's URL for traces, such as `http://127.0.0.1:4318/v1/traces`; nil for no tracing.
    public var endpoint: HTTPURL?
    /// Fields that go with every request to the endpoint and to nobody else; their values are secrets.
    public var headers = HTTPHeaders()
    /// What the service is called.
    public var serviceName = "unknown_service"
    /// Its version.
    public var serviceVersion: String?
    /// What else is said of it, such as `deployment.environment.name`.
    public var resource = Fields()
    /// Which traces are recorded.
    public var sampler = TraceSampler.followingParent

    /// The most spans sent at once; as many waiting are sent without further delay.
    public var batchSpans = 512
    /// How long a span waits for others at the most.
    public var delay: Duration = .seconds(5)
    /// The most spans that wait; further ones are dropped and counted.
    public var queueSpans = 2048
    /// The most bytes, about, that wait; further spans are dropped and counted. A request holds a quarter of it.
    public var queueBytes = 16 << 20
    /// How a span waits for others; tests hand in their own.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// No tracing.
    public init() {}
}

extension TracingSettings: CustomStringConvertible, CustomReflectable {
    /// Where to and for whom, without the headers: what prints settings prints no secret.
    public var description: String { "traces of \(serviceName) to \(endpoint?.redacted ?? "nobody")" }

    /// The same as `description`.
    public var customMirror: Mirror { Mirror(self, children: ["tracing": description]) }
}
