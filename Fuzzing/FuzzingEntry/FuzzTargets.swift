// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The targets of a library, one of which the environment names in `FUZZ_TARGET`.
public struct FuzzTargets: Sendable {
    /// What is called with each input.
    public typealias Target = @Sendable ([UInt8]) -> Void

    private let target: Target

    /// Picks the target; stops the program when none has that name.
    public init(_ targets: [String: Target]) {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = targets[name] else { fatalError("“\(name)” is none of \(targets.keys.sorted())") }
        self.target = target
    }

    /// Calls the target with an input; the fuzzer wants a 0.
    public func callAsFunction(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        target(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
}
