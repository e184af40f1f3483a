// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import Tokens

/// The keys that this service signs its tokens with, in a folder of its own: `current.pem` signs, `previous.pem` still
/// checks what it signed before.
///
/// A key that anybody else on the machine may read is refused.
public final class SigningKeys: Sendable, CustomStringConvertible, CustomReflectable {
    /// The kinds of keys that are made.
    public enum Kind: String, Sendable, CaseIterable {
        /// Ed25519: small and fast to sign.
        case ed25519 = "EdDSA"
        /// P-256, which more programs know.
        case p256 = "ES256"
        /// RSA with 3072 bits, which all know.
        case rsa = "RS256"

        var keyKind: KeyKind {
            switch self {
            case .ed25519: .ed25519
            case .p256: .ecdsaP256
            case .rsa: .rsa(bits: 3072)
            }
        }
    }

    private struct State {
        let signer: TokenSigner
        let keys: JSONWebKeySet
    }

    private let folder: String
    private let kind: Kind
    private let state: Guarded<State>

    /// Signs with the current key.
    public var signer: TokenSigner { state.withLock { $0.signer } }
    /// The public parts: the current key, and the one before it.
    public var keySet: JSONWebKeySet { state.withLock { $0.keys } }
    /// The names of the keys; never the keys.
    public var description: String { keySet.keys.map(\.description).joined(separator: ", ") }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["keys": description]) }

    /// Reads the keys of a folder. Makes the folder, and a key if there is none yet.
    public init(folder: String, kind: Kind = .ed25519) throws(Fault) {
        (self.folder, self.kind) = (folder, kind)
        try FileSystem.makeFolder(folder, mode: 0o700)
        if !FileSystem.exists("\(folder)/current.pem") {
            try Self.locked(folder) { () throws(Fault) in try Self.write(.generate(kind.keyKind), folder) }
        }
        state = Guarded(try Self.load(folder))
    }

    /// Makes a new key that signs from now on. The one before it still checks; the one before that does not any more.
    public func rotate() throws(Fault) {
        let key = try PrivateKey.generate(kind.keyKind)
        try Self.locked(folder) { () throws(Fault) in
            // A link first: at no moment is there no current key.
            let spare = "\(folder)/.tmp-previous"
            let bytes = try FileSystem.read("\(folder)/current.pem", limit: Self.sizeLimit)
            try FileSystem.removeFile(spare)
            let file = try FileHandle(creating: spare, mode: 0o600)
            try file.write(bytes[...])
            try file.synchronize()
            try FileSystem.rename(spare, to: "\(folder)/previous.pem")
            try Self.write(key, folder)
        }
        try reload()
    }

    /// Reads the keys again, when another process may have made a new one.
    public func reload() throws(Fault) {
        let loaded = try Self.load(folder)
        state.withLock { $0 = loaded }
    }

    /// The most bytes of a file with a key.
    private static let sizeLimit = 32 * 1024

    private static func write(_ key: PrivateKey, _ folder: String) throws(Fault) {
        let file = try AtomicFile("\(folder)/current.pem", mode: 0o600)
        try file.write(Array(key.pem().utf8)[...])
        try file.commit()
    }

    private static func load(_ folder: String) throws(Fault) -> State {
        let current = try key("\(folder)/current.pem")
        var keys = [try JSONWebKey(current.publicKey)]
        if FileSystem.exists("\(folder)/previous.pem") {
            let previous = try JSONWebKey(key("\(folder)/previous.pem").publicKey)
            if previous.keyID != keys[0].keyID { keys.append(previous) }
        }
        return State(signer: try TokenSigner(current), keys: try JSONWebKeySet(keys))
    }

    private static func key(_ path: String) throws(Fault) -> PrivateKey {
        guard let mark = FileMark(path) else {
            throw Fault(.notFound, "there is no key at \(path)", fix: "start again, so that one is made")
        }
        guard mark.permissions & 0o077 == 0 else {
            throw Fault(.forbidden, "others on this machine may read the key at \(path)", fix: "chmod 600 \(path)")
        }
        return try PrivateKey(pem: FileSystem.read(path, limit: sizeLimit), source: path)
    }

    /// Two processes that start at once must not make a key each.
    private static func locked(_ folder: String, _ body: () throws(Fault) -> Void) throws(Fault) {
        guard let lock = try FileLock(folder) else {
            throw Fault(
                .conflict, "another process is making keys in \(folder)", fix: "start again when it has finished")
        }
        defer { withExtendedLifetime(lock) {} }
        try body()
    }
}
