// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import OCI

@Suite("Manifests that were read") struct ManifestCacheTests {
    private func place(_ number: Int, in repository: String = "a") -> ContentPlace {
        ContentPlace(repository: repository, digest: Digest(of: Array("\(number)".utf8)), isManifest: true)
    }

    private func manifest(_ size: Int) -> ManifestCache.Manifest { ([UInt8](repeating: 0x20, count: size), "a/b") }

    @Test("are known in the repository that they were read from") func known() {
        var cache = ManifestCache()
        cache.keep(manifest(100), at: place(1))
        #expect(cache.find(place(1))?.bytes.count == 100 && cache.find(place(1))?.mediaType == "a/b")
        #expect(cache.find(place(1, in: "b")) == nil && cache.find(place(2)) == nil)
    }

    @Test("never take more than their bound, and those that are used stay", arguments: [0, 1, 300, 20_000])
    func bounded(size: Int) {
        let limit = 100_000
        var cache = ManifestCache(limit: limit)
        for number in 0..<1000 {
            cache.keep(manifest(size), at: place(number))
            // Twice is once.
            cache.keep(manifest(size), at: place(number))
            #expect(cache.size <= limit)
            #expect(cache.find(place(0)) != nil && cache.find(place(number)) != nil)
        }
        #expect(cache.find(place(500)) == nil)
    }

    @Test("are not kept when they are large") func large() {
        var cache = ManifestCache()
        cache.keep(manifest(100), at: place(1))
        for number in 2..<100 { cache.keep(manifest(ManifestCache.largest + 1), at: place(number)) }
        #expect(cache.size < 1000 && cache.find(place(1)) != nil && cache.find(place(2)) == nil)
    }
}
