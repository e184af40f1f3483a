// SPDX-License-Identifier: Apache-2.0

/// What a request to a registry is for.
public enum RegistryStage: String, Sendable, CaseIterable {
    /// `GET /v2/`, and asking the token service.
    case ping, token
    /// Reading manifests and blobs.
    case headManifest, getManifest, headBlob, getBlob
    /// Beginning an upload or a mount, asking how far one came, sending a piece, sending the last piece.
    case beginUpload, uploadStatus, patchUpload, putBlob
    /// Writing a manifest.
    case putManifest
    /// Lists.
    case tags, catalogue, referrers
    /// Anything else, such as removing a tag.
    case other
}

/// A rule by which a `HostileRegistry` misbehaves: at which stage, at which of its requests, and how.
///
/// Requests are counted for each stage from 1, those that are not authorised yet aside. The first rule that fits counts.
public struct RegistryFault: Sendable, CustomStringConvertible {
    /// The stage it belongs to.
    public let stage: RegistryStage
    /// The requests of that stage that meet it.
    public let requests: ClosedRange<Int>
    /// What they meet.
    public let behaviour: RegistryBehaviour

    /// Misbehaves at some requests of a stage, at all of them when no numbers are given.
    public init(_ stage: RegistryStage, _ behaviour: RegistryBehaviour, at requests: ClosedRange<Int> = 1...Int.max) {
        (self.stage, self.requests, self.behaviour) = (stage, requests, behaviour)
    }

    /// As in `getBlob 1–3: reset insideBody`.
    public var description: String {
        let which =
            requests.upperBound == Int.max
            ? (requests.lowerBound == 1 ? "" : " from \(requests.lowerBound)")
            : " \(requests.lowerBound)–\(requests.upperBound)"
        let words = "\(behaviour)".replacing("TestRegistry.RegistryBehaviour.", with: "")
        return "\(stage)\(which): \(words)"
    }
}

/// A way to treat a request badly. What is not spoiled is answered as an honest registry would.
public enum RegistryBehaviour: Sendable, Hashable {
    /// When a connection ends too early.
    public enum Moment: Sendable, Hashable, CaseIterable {
        /// When half of the request's body is read. A PATCH keeps that half, as registries do; a PUT does not.
        case insideRequest
        /// When the request is read, before anything has come of it.
        case beforeAnswer
        /// When all that was asked for is done, before the answer.
        case afterStoring
        /// In the middle of a header line.
        case insideHeaders
        /// After half of the body.
        case insideBody
    }
    /// How the length of a body is misstated.
    public enum Length: Sendable, Hashable, CaseIterable {
        /// 1000 bytes too many or half as many; a negative one; no number; the largest there is; two different ones.
        case tooLong, tooShort, negative, word, huge, two
        /// A chunk that ends before its announced size, and the connection with it.
        case chunk
    }
    /// What stands where JSON should.
    public enum Document: Sendable, Hashable, CaseIterable {
        /// Nothing; a web page; JSON cut in the middle; bytes that are no text.
        case empty, page, half, binary
        /// A million nested lists; 32 MiB of one list; a number; an object of another kind; names of impossible types.
        case nested, large, number, otherObject, otherTypes
    }
    /// Where an address leads.
    public enum Target: Sendable, Hashable {
        /// The same path on the other origin; with `.alias` the same origin by another name, which is another origin.
        case foreign, alias
        /// Itself again, for ever.
        case loop
        /// Any text; `{foreign}` becomes `host:port` of the other origin.
        case text(String)
    }

    /// Ends the connection with a reset.
    case reset(Moment)
    /// Ends the connection in order.
    case hangUp(Moment)
    /// Never answers.
    case silence
    /// Sends the head, the body, or interim answers a few bytes a second.
    case slowHead, slowBody, slowInterim
    /// Sends without an end: header fields, interim answers, a body, a body in chunks, trailer fields.
    case endlessHead, endlessInterim, endlessBody, endlessChunks, endlessTrailers
    /// Misstates the length.
    case length(Length)
    /// Answers honestly in HTTP/1.0, where the end of the connection ends the body.
    case http10
    /// Answers with something that is not HTTP.
    case noHTTP
    /// Flips a bit in the body.
    case otherBytes
    /// Sets `Docker-Content-Digest`; nil leaves it out.
    case contentDigest(String?)
    /// Sets any field of an honest answer; nil leaves it out.
    case field(String, String?)
    /// Compresses the body without being asked.
    case gzip
    /// Answers with a status, and does nothing.
    case status(Int, retryAfter: String? = nil)
    /// Answers with a status before the request's body is read, and closes.
    case earlyStatus(Int)
    /// Answers 200 or 201 as if it had done what it was asked for, and does nothing.
    case lie
    /// Answers 401 with this challenge; `{foreign}` becomes `host:port` of the other origin.
    case challenge(String)
    /// Replaces the body; an error's body too.
    case document(Document)
    /// Answers with a status and a body, and does nothing.
    case error(Int, String)
    /// Sends the client to another place.
    case redirect(Target, status: Int = 307)
    /// Names another place to upload to, honest in all else.
    case location(Target)
    /// Forgets the upload that the request belongs to.
    case lostSession
    /// Answers a mount with a status, and does nothing; with 202 it begins an upload instead. All else is honest.
    case refuseMount(Int)
    /// Says of anything that it is there, with so many bytes.
    case claim(size: Int)
    /// Answers honestly, but not before so many requests that meet the rule have come, and then so many more: who asks
    /// one after another gets a 503 after a while.
    case together(Int)
    /// Answers a request for a range with another range, or with all of the content under the range's status.
    case otherRange, wholeAsRange
}
