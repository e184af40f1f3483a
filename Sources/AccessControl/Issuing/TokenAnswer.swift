// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Web

/// What the token service answers; holds a token, so it is never shown.
public struct TokenAnswer: Sendable, CustomStringConvertible, CustomReflectable {
    /// The status.
    public let status: Int
    /// The fields of the answer, `Content-Type` and `Cache-Control` among them.
    public let headers: HTTPHeaders
    /// JSON.
    public let body: [UInt8]

    /// The status and nothing else.
    public var description: String { "token answer \(status)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["status": status]) }

    init(_ status: Int, _ body: JSON, _ more: HTTPHeaders = [:]) {
        self.status = status
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        ]
        for (name, value) in more { headers.add(name, value) }
        self.headers = headers
        self.body = body.encoded()
    }

    /// An error as the distribution specification writes it, for clients that ask with GET.
    static func failure(_ status: Int, _ code: String, _ message: String, _ more: HTTPHeaders = [:]) -> TokenAnswer {
        TokenAnswer(status, ["errors": [["code": .string(code), "message": .string(message)]]], more)
    }

    /// An error as OAuth writes it (RFC 6749 section 5.2), for clients that ask with POST.
    static func oauth(_ status: Int, _ code: String, _ message: String, _ more: HTTPHeaders = [:]) -> TokenAnswer {
        TokenAnswer(status, ["error": .string(code), "error_description": .string(message)], more)
    }
}
