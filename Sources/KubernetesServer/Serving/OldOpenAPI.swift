// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Web
internal import WebServer

/// What is told to clients that ask for OpenAPI 2: a document that describes nothing.
///
/// kubectl up to 1.28 gives up without such a document, and with it goes on to OpenAPI 3, which has everything.
enum OldOpenAPI {
    /// Clients ask for `…v2@v1.0+protobuf`, which is no media type that Go reads; they take this one.
    private static let mediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    static func answer(_ request: ServerRequest) -> ServerResponse {
        let wantsProtobuf = request.headers.values(for: "Accept").contains { $0.contains("proto-openapi") }
        return ServerResponse(
            status: 200, headers: ["Content-Type": wantsProtobuf ? mediaType : "application/json", "Vary": "Accept"],
            body: .bytes(wantsProtobuf ? protobuf : json.encoded()))
    }

    private static let json: JSON = [
        "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.32.0"], "paths": [:], "definitions": [:],
    ]

    /// The same as a message `openapi.v2.Document`: `swagger` (1) and `info` (2) with `title` (1) and `version` (2).
    private static let protobuf: [UInt8] = field(1, "2.0") + field(2, field(1, "Kubernetes") + field(2, "v1.32.0"))

    private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
}
