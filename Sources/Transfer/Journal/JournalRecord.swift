// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI

/// One line of a transfer's journal: sixteen digits of the SHA-256 of what follows, a space, and a JSON object.
enum JournalRecord: Sendable {
    /// The first record: what the rest is about.
    case header(version: Int64, fingerprint: Digest)
    /// Where an upload goes to; the number stands for the upload in other records.
    case session(number: Int64, key: UploadKey, location: String)
    /// A state of the digest of what an upload carries.
    case state(number: Int64, DigestState)
    /// An upload is over.
    case end(number: Int64)
    /// A content is where it should be.
    case content(key: String, FinishedContent)

    /// The only version there is.
    static let version: Int64 = 1
    /// The most bytes of a line; longer ones are not written and not read.
    static let sizeLimit = 32 * 1024
    private static let checkDigits = 16

    /// The line with its end.
    var line: [UInt8] {
        let text = json.encoded()
        return Array(Digest(of: text).hex.prefix(Self.checkDigits).utf8) + [0x20] + text + [0x0A]
    }

    /// Reads a line without its end; nil when it is torn, damaged, or of a kind that is not known.
    init?(line: Chunk) {
        let text = line.dropFirst(Self.checkDigits + 1)
        guard line.count <= Self.sizeLimit, text.first == UInt8(ascii: "{"),
            line[line.startIndex + Self.checkDigits] == 0x20,
            line.prefix(Self.checkDigits).elementsEqual(Digest(of: text).hex.prefix(Self.checkDigits).utf8),
            let json = try? JSON(parsing: Array(text), source: "a journal"), let record = Self(json)
        else { return nil }
        self = record
    }

    private var json: JSON {
        switch self {
        case .header(let version, let fingerprint):
            [
                "record": "header", "version": .number(JSONNumber(version)),
                "fingerprint": .string(fingerprint.description),
            ]
        case .session(let number, let key, let location):
            [
                "record": "session", "upload": .number(JSONNumber(number)), "registry": .string(key.registry),
                "repository": .string(key.repository), "digest": .string(key.digest.description),
                "location": .string(location),
            ]
        case .state(let number, let state):
            ["record": "state", "upload": .number(JSONNumber(number)), "state": .string(state.bytes.hex)]
        case .end(let number): ["record": "end", "upload": .number(JSONNumber(number))]
        case .content(let key, let content):
            [
                "record": "content", "key": .string(key), "digest": .string(content.digest.description),
                "size": .number(JSONNumber(content.size)), "place": .string(content.place),
            ]
        }
    }

    private init?(_ json: JSON) {
        switch json["record"]?.string {
        case "header":
            guard let version = json["version"]?.int, let fingerprint = Self.digest(json["fingerprint"]) else {
                return nil
            }
            self = .header(version: version, fingerprint: fingerprint)
        case "session":
            guard let number = json["upload"]?.int, let registry = json["registry"]?.string,
                let repository = json["repository"]?.string, let digest = Self.digest(json["digest"]),
                let location = json["location"]?.string
            else { return nil }
            let key = UploadKey(registry: registry, repository: repository, digest: digest)
            self = .session(number: number, key: key, location: location)
        case "state":
            guard let number = json["upload"]?.int, let text = json["state"]?.string, let bytes = [UInt8](hex: text),
                let state = DigestState(bytes: bytes)
            else { return nil }
            self = .state(number: number, state)
        case "end":
            guard let number = json["upload"]?.int else { return nil }
            self = .end(number: number)
        case "content":
            guard let key = json["key"]?.string, let digest = Self.digest(json["digest"]),
                let size = json["size"]?.int, size >= 0, let place = json["place"]?.string
            else { return nil }
            self = .content(key: key, FinishedContent(digest: digest, size: size, place: place))
        default: return nil
        }
    }

    private static func digest(_ json: JSON?) -> Digest? { json?.string.flatMap { try? Digest($0) } }
}
