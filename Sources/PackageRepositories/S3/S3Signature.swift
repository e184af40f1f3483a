// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web

/// Signs a request as AWS Signature Version 4 describes it: “Signature Calculations for the Authorization Header” in the
/// reference of Amazon S3's API.
struct S3Signature {
    let keyID: String
    let secret: String
    let sessionToken: String?
    let region: String

    /// Adds the fields that authenticate a request: its time, the hash of its body, and the signature over these, the
    /// method, path, query and all `x-amz-…` fields.
    func sign(_ request: inout HTTPRequest, query: [(String, String)], payload: Digest, time: Timestamp) {
        let stamp = time.description.filter { $0 != "-" && $0 != ":" }
        let day = String(stamp.prefix(8))
        request.headers["x-amz-date"] = stamp
        request.headers["x-amz-content-sha256"] = payload.hex
        request.headers["x-amz-security-token"] = sessionToken
        request.sensitiveHeaders += ["x-amz-security-token"]
        var fields = request.headers.map { ($0.name.lowercased(), $0.value.trimmed) }
            .filter { $0.0.hasPrefix("x-amz-") || ["content-type", "range", "if-none-match", "date"].contains($0.0) }
        fields.append(("host", request.url.authority))
        fields.sort { $0.0 < $1.0 }
        let names = fields.map(\.0).joined(separator: ";")
        let items = query.map { (HTTPURL.encode($0.0), HTTPURL.encode($0.1)) }.sorted { $0 < $1 }
        let canonical = [
            request.method.name, request.url.path, items.map { "\($0)=\($1)" }.joined(separator: "&"),
            fields.map { "\($0):\($1)\n" }.joined(), names, payload.hex,
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/s3/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(Digest(of: Array(canonical.utf8)).hex)"
        var key = Array("AWS4\(secret)".utf8)
        for part in [day, region, "s3", "aws4_request"] { key = HMAC.sha256(Array(part.utf8), key: key) }
        let signature = HMAC.sha256(Array(text.utf8), key: key).hex
        request.headers["Authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
    }
}
