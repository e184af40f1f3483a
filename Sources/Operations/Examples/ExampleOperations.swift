// SPDX-License-Identifier: Apache-2.0

/// What the examples of many kinds of operations begin with.
enum ExampleOperations {
    /// Reads a component version, as `read`.
    static let component = """
        - type: downloader.component.ctf/v1alpha1
          id: read
          name: acme.org/demo
          version: 1.0.0
          filePath: ./archive
        """

    /// Reads a component version, and its image, as `image`.
    static let image = """
        \(component)
        - type: downloader.resource.oci/v1alpha1
          id: image
          componentDescriptor: ${read.outputs.descriptor}
          resource: {name: image}
        """

    /// Reads a component version, and one of its contents, as `docs`.
    static let localBlob = """
        \(component)
        - type: downloader.localblob.ctf/v1alpha1
          id: docs
          filePath: ./archive
          componentDescriptor: ${read.outputs.descriptor}
          resource: {name: docs}
        """
}
