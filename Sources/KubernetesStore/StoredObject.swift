// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Kubernetes

/// An object as a change left it: its JSON as bytes, in which only the resource version is missing.
///
/// The version is known when the change is written, and the bytes are made before that. So lists and watches hand bytes
/// on without reading JSON.
public struct StoredObject: Sendable {
    /// Which object it is.
    public let key: ObjectKey
    /// Which of all objects that ever had the name.
    public let uid: String
    /// The revision of the change that made it what it is.
    public let revision: Int64
    /// The bytes without the text of the revision, and where that belongs.
    let value: StoredValue

    /// The same object with another resource version: for telling of what happened to it there.
    public func told(at revision: Int64) -> StoredObject {
        StoredObject(key: key, uid: uid, revision: revision, value: value)
    }

    /// Its JSON with the resource version.
    public var bytes: [UInt8] {
        let text = Array(String(revision).utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.bytes.count + text.count)
        bytes += value.bytes[..<value.place]
        bytes += text
        bytes += value.bytes[value.place...]
        return bytes
    }

    /// The object, read; throws `.corrupt` when the bytes are none.
    public func object() throws(Fault) -> KubernetesObject {
        do throws(Fault) {
            return try KubernetesObject(JSON(parsing: bytes, source: "\(key)"))
        } catch {
            throw Fault(.corrupt, "\(key) is damaged: \(error.message)", fix: "restore a snapshot", cause: error)
        }
    }
}

/// The JSON of an object without the text of its resource version.
struct StoredValue: Sendable, Equatable {
    let bytes: [UInt8]
    /// Where the text belongs: between the quotation marks of `metadata.resourceVersion`, which stands last.
    let place: Int

    init(bytes: [UInt8], place: Int) { (self.bytes, self.place) = (bytes, place) }

    /// Makes bytes of an object, whatever version it says it has.
    init(_ object: KubernetesObject) {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        var place = 0
        for (key, value) in object.json.object ?? [:] {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += JSON.string(key).encoded()
            bytes.append(UInt8(ascii: ":"))
            guard key == "metadata" else {
                bytes += value.encoded()
                continue
            }
            var metadata = value
            metadata["resourceVersion"] = JSON?.none
            bytes += metadata.encoded().dropLast()
            if metadata.object?.isEmpty == false { bytes.append(UInt8(ascii: ",")) }
            bytes += Array(#""resourceVersion":""#.utf8)
            place = bytes.count
            bytes += Array(#""}"#.utf8)
        }
        bytes.append(UInt8(ascii: "}"))
        (self.bytes, self.place) = (bytes, place)
    }
}

extension StoredObject {
    /// Whether a word stands somewhere in the JSON: quick, for finding out what need not be read.
    public func mentions(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first, value.bytes.count >= word.count else { return word.isEmpty }
        let last = value.bytes.count - word.count
        var start = 0
        while start <= last {
            guard let place = value.bytes[start...last].firstIndex(of: first) else { return false }
            if value.bytes[place..<(place + word.count)].elementsEqual(word) { return true }
            start = place + 1
        }
        return false
    }
}
