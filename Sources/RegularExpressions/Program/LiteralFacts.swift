// SPDX-License-Identifier: Apache-2.0

/// What a pattern says about bytes that every match has.
struct LiteralFacts: Sendable {
    /// The bytes every match begins with.
    var prefix: [UInt8] = []
    /// The longest run of bytes that is known to be in every match.
    var required: [UInt8] = []
    /// Whether the pattern is `prefix` and nothing else: no groups, no assertions.
    var isWhole = false

    init(_ tree: SyntaxTree) {
        var run: [UInt8] = []
        var isPrefix = true
        var isPlain = true
        // What must be matched one after the other, without recursion: groups open in place.
        var waiting = [tree.root]
        while let index = waiting.popLast() {
            let node = tree.nodes[Int(index)]
            switch node.kind {
            case .empty: continue
            case .scalar:
                if let scalar = Unicode.Scalar(node.value), let bytes = UTF8.encode(scalar) {
                    run += bytes
                    continue
                }
            case .sequence:
                waiting += tree.children(of: index).reversed()
                continue
            case .group:
                isPlain = false
                waiting.append(node.firstChild)
                continue
            default: break
            }
            // Anything else ends the run; what follows is still required.
            isPlain = false
            end(&run, &isPrefix)
        }
        end(&run, &isPrefix)
        isWhole = isPlain && !prefix.isEmpty
    }

    private mutating func end(_ run: inout [UInt8], _ isPrefix: inout Bool) {
        if isPrefix { prefix = run }
        if run.count > required.count { required = run }
        isPrefix = false
        run.removeAll()
    }
}
