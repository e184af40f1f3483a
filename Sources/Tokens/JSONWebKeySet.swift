// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The keys that an issuer signs with (RFC 7517 section 5), each under a name of its own.
public struct JSONWebKeySet: Sendable, Equatable {
    /// The most bytes of a document of keys.
    public static let sizeLimit = 256 * 1024
    /// The most keys of a set, those included that are passed over.
    public static let countLimit = 64

    /// The keys, in their order.
    public let keys: [JSONWebKey]
    /// How many keys of the document are not for signatures that are checked here.
    public let passedOver: Int
    private let positions: [String: Int]

    /// A set of keys.
    ///
    /// Throws `.invalid` when two have the same name, `.limitExceeded` when there are more than 64.
    public init(_ keys: [JSONWebKey]) throws(Fault) { try self.init(keys, passedOver: 0, source: "the set of keys") }

    private init(_ keys: [JSONWebKey], passedOver: Int, source: String) throws(Fault) {
        guard keys.count <= Self.countLimit else { throw Self.tooMany(source) }
        var positions: [String: Int] = [:]
        for (position, key) in keys.enumerated() {
            guard positions.updateValue(position, forKey: key.keyID) == nil else {
                throw Fault(
                    .invalid, "\(source) holds two keys of the same name, “kid”", fix: "give each key its own name")
            }
        }
        (self.keys, self.positions, self.passedOver) = (keys, positions, passedOver)
    }

    /// Reads a document of keys: `{"keys": […]}`.
    ///
    /// Keys of kinds and uses that are not checked here are passed over; a key that is damaged, too short or secret
    /// spoils the set. A set may be empty: then no token is valid.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        var limits = DocumentLimits()
        (limits.bytes, limits.depth, limits.nodes) = (Self.sizeLimit, 16, 16_384)
        let document = try JSON(parsing: bytes, source: source, limits: limits)
        guard let items = document["keys"]?.array else {
            throw Fault(
                .invalid, "\(source) is no set of keys: it has no list “keys”", fix: "give the issuer's jwks_uri")
        }
        guard items.count <= Self.countLimit else { throw Self.tooMany(source) }
        var keys: [JSONWebKey] = [], passedOver = 0
        for item in items {
            if let key = try Self.key(item, source) { keys.append(key) } else { passedOver += 1 }
        }
        try self.init(keys, passedOver: passedOver, source: source)
    }

    /// A key; nil for one to pass over.
    private static func key(_ item: JSON, _ source: String) throws(Fault) -> JSONWebKey? {
        do throws(Fault) {
            return try JSONWebKey(item, source: source)
        } catch {
            guard error.code == .unsupported else { throw error }
            return nil
        }
    }

    private static func tooMany(_ source: String) -> Fault {
        Fault(.limitExceeded, "\(source) holds more than \(countLimit) keys", fix: "leave out keys that sign nothing")
    }

    /// The key of a name.
    public func key(named keyID: String) -> JSONWebKey? { positions[keyID].map { keys[$0] } }

    /// The document of the set.
    public var json: JSON { ["keys": .array(keys.map(\.json))] }
}
