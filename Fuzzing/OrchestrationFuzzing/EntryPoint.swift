// SPDX-License-Identifier: Apache-2.0

/// What the fuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    SpecificationTarget.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
