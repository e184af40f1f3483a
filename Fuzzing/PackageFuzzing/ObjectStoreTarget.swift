// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import PackageRepositories
internal import Web

/// Calls what reads the errors of object stores, and addresses of objects, with bytes of the fuzzer.
///
/// What has to hold, beyond not crashing: no control character gets into a message, and no key leads to another bucket.
public enum ObjectStoreTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536 else { return }
        if let error = try? S3ErrorDocument(parsing: bytes) {
            precondition(
                (error.code + error.message).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
            precondition(error.message.unicodeScalars.count <= 300)
        }
        let key = String(decoding: bytes, as: UTF8.self)
        guard let location = try? S3Location(bucket: "bucket", key: key, usesPathStyle: true) else { return }
        guard let url = try? location.url else { preconditionFailure("a key has no address") }
        precondition(url.path.hasPrefix("/bucket/") && url.query == nil && url.host == "s3.us-east-1.amazonaws.com")
        precondition(!url.path.split(separator: "/").contains { $0 == ".." || $0 == "." })
    }
}
