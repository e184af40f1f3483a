// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the fuzzer calls with each input: the target that the environment names.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

private let target: @Sendable ([UInt8]) -> Void = {
    switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
    case "tokens": { TokenTarget.run($0) }
    case "evidence": { EvidenceTarget.run($0) }
    default: { DeltaTarget.run($0) }
    }
}()
