// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// An object in a bucket of S3, or of a service that speaks its protocol.
public struct S3Location: Hashable, Sendable, CustomStringConvertible {
    /// The bucket.
    public let bucket: String
    /// The object's key.
    public let key: String
    /// The version of the object; nil for the current one.
    public let version: String?
    /// The region whose name signatures carry.
    public let region: String
    /// The service's address; nil for Amazon's own.
    public let endpoint: HTTPURL?
    /// Whether the bucket stands in the path instead of the host name.
    public let usesPathStyle: Bool

    /// The region that services without regions go by.
    public static let usualRegion = "us-east-1"

    /// Checks and joins the parts.
    ///
    /// Bucket names follow Amazon's rules (3 to 63 lower-case letters, digits, dots and dashes). Keys have up to 1024
    /// bytes without control characters; a key with `.` or `..` between slashes is refused, since what stands between
    /// here and there may resolve it.
    /// - Parameter usesPathStyle: nil for the form that works: in the host name at Amazon, in the path elsewhere and for
    ///   names with dots, which certificates do not cover.
    public init(
        bucket: String, key: String, version: String? = nil, region: String? = nil, endpoint: HTTPURL? = nil,
        usesPathStyle: Bool? = nil
    ) throws(Fault) {
        let isName = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy({ isName($0) || "-.".utf8.contains($0) }),
            bucket.utf8.first.map(isName) == true, bucket.utf8.last.map(isName) == true, !bucket.contains("..")
        else {
            throw Fault(
                .invalid, "“\(bucket.prefix(100))” is no name of a bucket",
                fix: "use 3 to 63 lower-case letters, digits, dots and dashes")
        }
        guard (1...1024).contains(key.utf8.count), key.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            !key.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else {
            throw Fault(
                .invalid, "“\(key.prefix(100))” is no key of an object that can be reached safely",
                fix: "use up to 1024 bytes without control characters, and no “.” or “..” between slashes")
        }
        let region = region.flatMap { $0.isEmpty ? nil : $0 } ?? Self.usualRegion
        guard region.utf8.count <= 64, region.utf8.allSatisfy({ isName($0) || $0 == 0x2D }) else {
            throw Fault(.invalid, "“\(region.prefix(100))” is no region", fix: "write it as eu-central-1")
        }
        (self.bucket, self.key, self.region, self.endpoint) = (bucket, key, region, endpoint)
        self.version = version.flatMap { $0.isEmpty ? nil : $0 }
        self.usesPathStyle = usesPathStyle ?? (endpoint != nil || bucket.contains("."))
    }

    /// `s3://bucket/key`.
    public var description: String { "s3://\(bucket)/\(key)" }

    /// The object's address, without its version.
    public var url: HTTPURL {
        get throws(Fault) {
            var service = try HTTPURL("https://s3.\(region).amazonaws.com")
            if let endpoint { service = endpoint }
            let path = key.split(separator: "/", omittingEmptySubsequences: false)
                .map { HTTPURL.encode(String($0)) }.joined(separator: "/")
            let prefix = service.path.hasSuffix("/") ? String(service.path.dropLast()) : service.path
            guard !usesPathStyle else {
                return try HTTPURL("\(service.scheme)://\(service.authority)\(prefix)/\(bucket)/\(path)")
            }
            return try HTTPURL("\(service.scheme)://\(bucket).\(service.authority)\(prefix)/\(path)")
        }
    }
}

extension HTTPURL {
    /// Host and port as the `Host` field has them: the port only when it is not the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return name + (port.map { ":\($0)" } ?? "")
    }
}
