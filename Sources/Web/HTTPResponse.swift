// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A response whose body is still on its way.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body; reading it slowly slows the sender.
    public let body: ByteStream
    /// The URL that answered, after redirects.
    public let url: HTTPURL

    /// A response.
    public init(status: Int, headers: HTTPHeaders, body: ByteStream, url: HTTPURL) {
        (self.status, self.headers, self.body, self.url) = (status, headers, body, url)
    }
}
