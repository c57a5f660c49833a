"""What `pressevagt check` looks at, one module for each thing."""
