/* A structure drawn into a text field with OpenChemLib's editor. It is loaded when somebody asks for it; without it the field takes text as before. */
const LIBRARY = "/static/vendor/openchemlib.js";
let library = null;

/* The last line of a field of several structures, or all of a field of one. */
function lineOf(field, many) {
  const lines = field.value.split("\n");
  return many ? lines[lines.length - 1].trim() : field.value.trim();
}

function write(field, many, text) {
  const lines = many ? field.value.split("\n").slice(0, -1) : [];
  field.value = [...lines, text].join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function read(OCL, text) {
  if (!text) return new OCL.Molecule(32, 32);
  return text.includes("M  END") ? OCL.Molecule.fromMolfile(text) : OCL.Molecule.fromSmiles(text);
}

async function open(button) {
  const field = document.getElementById(button.dataset.sketch), many = button.dataset.many === "yes";
  const place = document.getElementById(`${field.id}-sketch`), said = place.querySelector("[role=status]");
  if (!place.hidden) {
    place.hidden = true;
    button.setAttribute("aria-expanded", "false");
    return;
  }
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
  button.setAttribute("aria-expanded", "true");
  said.textContent = "loading the editor …";
  try {
    library ??= await import(LIBRARY);
  } catch (error) {
    said.textContent = "The editor cannot be loaded here. The field takes a SMILES or a mol block all the same.";
    return;
  }
  let molecule;
  try {
    molecule = read(library, lineOf(field, many));
    said.textContent = `What you draw is written at once into the field “${field.labels[0].textContent.split(":")[0]}”.`;
  } catch (error) {
    molecule = new library.Molecule(32, 32);
    said.textContent = "What stands in the field is not a structure that the editor can read; it is replaced as soon as you draw.";
  }
  const sheet = place.querySelector(".sheet");
  if (!sheet.editor) {
    sheet.editor = new library.CanvasEditor(sheet);
    sheet.editor.setOnChangeListener(event => {
      if (!event.isUserEvent || event.type !== "molecule") return;
      const drawn = sheet.editor.getMolecule();
      write(field, many, drawn.getAllAtoms() ? drawn.toIsomericSmiles({ kekulizedOutput: true, includeMapping: true }) : "");
    });
  }
  sheet.editor.setMolecule(molecule);
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });  // it is as high as it will be only now
}

for (const button of document.querySelectorAll("button[data-sketch]")) {
  button.hidden = false;
  button.addEventListener("click", () => open(button));
}
