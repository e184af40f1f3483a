// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// The views of a descriptor's parts that normalisations share. Fields nobody knows are not in them.
enum NormalisationFilter {
    /// The signed labels with the fields a signature covers; nil when none is left.
    ///
    /// - Parameter isLossy: whether versions and null members of values are lost, as in the newer tools.
    static func labels(_ value: JSON?, isLossy: Bool = false) -> JSON? {
        let kept = (value?.array ?? []).filter(Label.isSigned).map { label -> JSON in
            var result = JSONObject()
            result["name"] = label["name"]
            result["signing"] = label["signing"]
            if let inner = label["value"] { result["value"] = isLossy ? withoutNulls(inner) : inner }
            if !isLossy, let version = label["version"]?.string, !version.isEmpty { result["version"] = .string(version) }
            return .object(result)
        }
        return kept.isEmpty ? nil : .array(kept)
    }

    static func withoutNulls(_ value: JSON) -> JSON {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for (key, inner) in object where inner != .null { result[key] = withoutNulls(inner) }
            return .object(result)
        case .array(let items): return .array(items.map(withoutNulls))
        default: return value
        }
    }

    /// Copies fields that are there and not empty, as Go's `omitempty` would write them.
    static func copy(_ keys: [String], from json: JSON, into result: inout JSONObject) {
        for key in keys {
            guard let value = json[key], value != .null, value != "", value != .object(JSONObject()), value != [] else { continue }
            result[key] = value
        }
    }

    static let digestFields = ["hashAlgorithm", "normalisationAlgorithm", "value"]

    /// A digest with its own fields; nil when there is none.
    static func digest(_ value: JSON?) -> JSON? {
        guard DigestSpecification(json: value) != nil, let value else { return nil }
        var result = JSONObject()
        for key in digestFields { result[key] = value[key] ?? "" }
        return .object(result)
    }

    static func isNone(_ access: JSON?) -> Bool { ["none", "None"].contains(access?["type"]?.string) }

    /// What the older algorithms do to resources that differ by version alone: all of a group but the last get the
    /// version into their extra identity. The loop sees its own changes, which is why the last stays without.
    static func defaultIdentities(_ resources: [JSON]) -> [JSON] {
        var resources = resources
        for index in resources.indices {
            let clashes = resources.indices.contains { other in
                other != index && resources[other]["name"] == resources[index]["name"]
                    && (resources[other]["extraIdentity"] ?? .null) == (resources[index]["extraIdentity"] ?? .null)
            }
            guard clashes else { continue }
            var extra = resources[index]["extraIdentity"]?.object ?? JSONObject()
            extra["version"] = resources[index]["version"]
            resources[index]["extraIdentity"] = .object(extra)
        }
        return resources
    }
}
