// SPDX-License-Identifier: Apache-2.0

/// An error that is an answer: what a handler throws to refuse a request from anywhere below it.
public struct Refusal: Error {
    /// What the client gets.
    public let response: ServerResponse

    /// Refuses with an answer.
    public init(_ response: ServerResponse) { self.response = response }

    /// Refuses with a status and a message that is shown to the client.
    public init(_ status: Int, _ message: String) { response = .error(status, message) }

    static let tooLarge = Refusal(413, "the body is larger than accepted here")
}
