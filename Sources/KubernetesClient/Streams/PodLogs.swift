// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Kubernetes
internal import Web

/// Which part of a container's log is wanted.
public struct LogOptions: Sendable {
    /// The container; may be nil when the pod has one.
    public var container: String?
    /// Whether it goes on while the container runs.
    public var follows = false
    /// Whether the log of the container before the last restart is meant.
    public var isPrevious = false
    /// The last so many lines.
    public var tailLines: Int?
    /// What was written in the last seconds.
    public var sinceSeconds: Int?
    /// Whether each line begins with its time.
    public var hasTimestamps = false
    /// The most bytes.
    public var limitBytes: Int?

    /// All of it, up to now.
    public init(container: String? = nil, follows: Bool = false) {
        (self.container, self.follows) = (container, follows)
    }
}

extension KubernetesClient {
    static let pods = GroupVersionResource("", "v1", "pods")

    /// The log of a container as it comes. A log that is followed may say nothing for as long as it likes.
    public func logs(_ pod: ObjectName, _ options: LogOptions = LogOptions()) async throws -> ByteStream {
        var request = APIRequest(.get, try Self.path(Self.pods, pod, "log"))
        request.accept = "text/plain, application/json, */*"
        request.ask("container", options.container)
        if options.follows { request.ask("follow", "true") }
        if options.isPrevious { request.ask("previous", "true") }
        request.ask("tailLines", options.tailLines.map { "\($0)" })
        request.ask("sinceSeconds", options.sinceSeconds.map { "\($0)" })
        if options.hasTimestamps { request.ask("timestamps", "true") }
        request.ask("limitBytes", options.limitBytes.map { "\($0)" })
        return try await exchange(request, on: options.follows ? .endless : .stream) { $0.body }
    }
}
