// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel

/// In which order components are added: what others refer to comes first.
enum ConstructionOrder {
    /// Places in the list, in levels: those of one level refer only to those of earlier ones.
    ///
    /// Throws `.invalid` for a version described twice and for references that form a cycle, which it draws.
    static func levels(_ components: [ConstructorComponent]) throws -> [[Int]] {
        var places: [ComponentVersionIdentity: Int] = [:]
        for (place, component) in components.enumerated() {
            guard places.updateValue(place, forKey: component.identity) == nil else {
                throw Fault(.invalid, "\(component.identity) is described twice", fix: "remove one of the two")
            }
        }
        var levels: [Int?] = Array(repeating: nil, count: components.count)
        func level(of place: Int, below path: [Int]) throws -> Int {
            if let known = levels[place] { return known }
            if let start = path.firstIndex(of: place) {
                let cycle = (path[start...] + [place]).map { "\(components[$0].identity)" }.joined(separator: " → ")
                throw Fault(.invalid, "the references form a cycle: \(cycle)", fix: "remove one of them")
            }
            var result = 0
            for reference in try components[place].references() {
                guard let child = places[try reference.target] else { continue }
                result = max(result, try level(of: child, below: path + [place]) + 1)
            }
            levels[place] = result
            return result
        }
        var ordered: [[Int]] = []
        for place in components.indices {
            let level = try level(of: place, below: [])
            while ordered.count <= level { ordered.append([]) }
            ordered[level].append(place)
        }
        return ordered
    }
}
