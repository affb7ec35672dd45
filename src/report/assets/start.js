
theme();
all(".map").forEach(look);
all(".theatre").filter((root) => root.querySelector(".map")).forEach((root) => new Theatre(root));
paper();
all(".frontier").forEach(frontier);
