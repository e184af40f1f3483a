// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A secret key that seals bytes: AES-256 in Galois/Counter Mode (NIST SP 800-38D). It has no description that shows it.
///
/// Nonces are random, so a key should not seal more than about 2³² values (section 8.3 there).
public struct SealingKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// How many bytes a key has.
    public static let size = 32
    /// How many bytes longer something sealed is.
    public static let overhead = nonceSize + tagSize
    private static let nonceSize = 12, tagSize = 16
    /// How many bytes the name of a key has.
    public static let idSize = 8

    /// The key. Keep it secret.
    public let bytes: [UInt8]
    /// The key's name, from which the key cannot be found.
    public let id: [UInt8]
    /// The name; never the key.
    public var description: String { "sealing key \(id.hex)" }
    /// The name and no more.
    public var customMirror: Mirror { Mirror(self, children: ["id": id.hex]) }

    /// Takes a key; throws `.invalid` when it does not have 32 bytes.
    public init(_ bytes: [UInt8]) throws(Fault) {
        guard bytes.count == Self.size else {
            throw Fault(.invalid, "a sealing key of \(bytes.count) bytes cannot be used", fix: "use one of 32 bytes")
        }
        self.init(checked: bytes)
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
        id = Array(HMAC.sha256(Array("name of a sealing key".utf8), key: bytes).prefix(Self.idSize))
    }

    /// A new key.
    public static func generate() -> SealingKey { SealingKey(checked: SecureRandom.bytes(size)) }

    /// Seals bytes: nonce, ciphertext and tag.
    ///
    /// - Parameter context: what must be given again to open them, to the byte; it is not kept in the result.
    public func seal(_ plain: [UInt8], for context: [UInt8]) throws(Fault) -> [UInt8] {
        let nonce = SecureRandom.bytes(Self.nonceSize)
        guard plain.count <= Int(Int32.max), context.count <= Int(Int32.max), let sealed = run(plain, nonce, context)
        else {
            throw openSSLFault(.internal, "\(plain.count) bytes could not be sealed")
        }
        return nonce + sealed
    }

    /// Opens what was sealed with this key for the same context; nil for anything else.
    public func open(_ sealed: [UInt8], for context: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.overhead, sealed.count <= Int(Int32.max), context.count <= Int(Int32.max) else {
            return nil
        }
        defer { _ = drainOpenSSLErrors() }
        let nonce = Array(sealed.prefix(Self.nonceSize))
        var tag = Array(sealed.suffix(Self.tagSize))
        let body = Array(sealed[Self.nonceSize..<(sealed.count - Self.tagSize)])
        guard let cipher = CipherContext(), cipher.begin(isSealing: false, bytes, nonce, context),
            let plain = cipher.update(body, isSealing: false),
            unsafe EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        else { return nil }
        var last = [UInt8](repeating: 0, count: 16), count: Int32 = 0
        // Nothing may leave before the tag is known to be right.
        guard unsafe EVP_DecryptFinal_ex(cipher.pointer, &last, &count) == 1, count == 0 else { return nil }
        return plain
    }

    private func run(_ plain: [UInt8], _ nonce: [UInt8], _ context: [UInt8]) -> [UInt8]? {
        guard let cipher = CipherContext(), cipher.begin(isSealing: true, bytes, nonce, context),
            let sealed = cipher.update(plain, isSealing: true)
        else { return nil }
        var last = [UInt8](repeating: 0, count: 16), count: Int32 = 0
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        guard unsafe EVP_EncryptFinal_ex(cipher.pointer, &last, &count) == 1, count == 0,
            unsafe EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { return nil }
        return sealed + tag
    }
}

/// OpenSSL's state of one use of a cipher, owned once and cleared when it is freed.
@safe private struct CipherContext: ~Copyable {
    let pointer: OpaquePointer
    // Fetched once: the lookup costs more than sealing something short. Never freed, never changed.
    nonisolated(unsafe) private static let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    init?() {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_CIPHER_CTX_free(pointer) }

    func begin(isSealing: Bool, _ key: [UInt8], _ nonce: [UInt8], _ context: [UInt8]) -> Bool {
        var count: Int32 = 0
        let size = Int32(context.count)
        if isSealing {
            return unsafe EVP_EncryptInit_ex2(pointer, Self.cipher, key, nonce, nil) == 1
                && (size == 0 || EVP_EncryptUpdate(pointer, nil, &count, context, size) == 1)
        }
        return unsafe EVP_DecryptInit_ex2(pointer, Self.cipher, key, nonce, nil) == 1
            && (size == 0 || EVP_DecryptUpdate(pointer, nil, &count, context, size) == 1)
    }

    /// As many bytes as go in come out.
    func update(_ bytes: [UInt8], isSealing: Bool) -> [UInt8]? {
        guard !bytes.isEmpty else { return [] }
        var output = [UInt8](repeating: 0, count: bytes.count), count: Int32 = 0
        let size = Int32(bytes.count)
        let isDone =
            isSealing
            ? unsafe EVP_EncryptUpdate(pointer, &output, &count, bytes, size) == 1
            : unsafe EVP_DecryptUpdate(pointer, &output, &count, bytes, size) == 1
        return isDone && Int(count) == output.count ? output : nil
    }
}
