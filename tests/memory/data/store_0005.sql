BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE candidates (
	run_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	schema_version TEXT NOT NULL, 
	smiles TEXT NOT NULL, 
	inchikey TEXT NOT NULL, 
	name TEXT NOT NULL, 
	candidate_class TEXT NOT NULL, 
	dedup_key TEXT NOT NULL, 
	undefined_stereocentres INTEGER NOT NULL, 
	notes TEXT NOT NULL, 
	proposer TEXT NOT NULL, 
	operator TEXT NOT NULL, 
	parents TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	origin_rationale TEXT NOT NULL, 
	parent_smiles TEXT NOT NULL, 
	changes TEXT NOT NULL, 
	status TEXT NOT NULL, 
	rejected_by TEXT NOT NULL, 
	rejected_reason TEXT NOT NULL, 
	safety_verdict TEXT NOT NULL, 
	safety TEXT NOT NULL, 
	requirements TEXT NOT NULL, 
	route TEXT NOT NULL, 
	rationale TEXT NOT NULL, given TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_candidates PRIMARY KEY (run_id, "key"), 
	CONSTRAINT fk_candidates_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE, 
	CONSTRAINT uq_candidates_run_id_position UNIQUE (run_id, position)
)
 WITHOUT ROWID

;
INSERT INTO "candidates" VALUES('begun','KEY0000000',0,'1','CCO','LFQSCWFLJHTTHZ-UHFFFAOYSA-N','ethanol','molecule','DEDUP00000',1,'["counter-ion removed","isotope removed"]','evolution','crossover','["B","A"]',0,'why','["CCN","CO"]','{"tpsa":-5.5,"logp":0.25}','rejected','R1','too heavy','warn','{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]}','[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}]','{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null}','second','CCO.O');
INSERT INTO "candidates" VALUES('begun','KEY0000001',1,'1','CCO','LFQSCWFLJHTTHZ-UHFFFAOYSA-N','ethanol','molecule','DEDUP00001',1,'["counter-ion removed","isotope removed"]','evolution','crossover','["B","A"]',1,'why','["CCN","CO"]','{"tpsa":-5.5,"logp":0.25}','rejected','R1','too heavy','warn','{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]}','[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}]','{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null}','second','CCO.O');
INSERT INTO "candidates" VALUES('sealed','KEY0000000',0,'1','CCO','LFQSCWFLJHTTHZ-UHFFFAOYSA-N','ethanol','molecule','DEDUP00000',1,'["counter-ion removed","isotope removed"]','evolution','crossover','["B","A"]',0,'why','["CCN","CO"]','{"tpsa":-5.5,"logp":0.25}','rejected','R1','too heavy','warn','{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]}','[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}]','{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null}','second','CCO.O');
INSERT INTO "candidates" VALUES('sealed','KEY0000001',1,'1','CCO','LFQSCWFLJHTTHZ-UHFFFAOYSA-N','ethanol','molecule','DEDUP00001',1,'["counter-ion removed","isotope removed"]','evolution','crossover','["B","A"]',1,'why','["CCN","CO"]','{"tpsa":-5.5,"logp":0.25}','rejected','R1','too heavy','warn','{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]}','[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}]','{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null}','second','CCO.O');
CREATE TABLE citations (
	run_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	note TEXT NOT NULL, 
	title TEXT NOT NULL, 
	year INTEGER, 
	doi TEXT NOT NULL, 
	authors TEXT NOT NULL, 
	passage TEXT NOT NULL, 
	CONSTRAINT pk_citations PRIMARY KEY (run_id, "key", position), 
	CONSTRAINT fk_citations_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE
);
INSERT INTO "citations" VALUES('sealed','KEY0000000',0,2,'note-b','B',2001,'','','');
INSERT INTO "citations" VALUES('sealed','KEY0000000',1,1,'note-a','A',NULL,'10.1/x','A. Uthor','It is so.');
INSERT INTO "citations" VALUES('sealed','KEY0000001',0,2,'note-b','B',2001,'','','');
INSERT INTO "citations" VALUES('sealed','KEY0000001',1,1,'note-a','A',NULL,'10.1/x','A. Uthor','It is so.');
INSERT INTO "citations" VALUES('begun','KEY0000000',0,2,'note-b','B',2001,'','','');
INSERT INTO "citations" VALUES('begun','KEY0000000',1,1,'note-a','A',NULL,'10.1/x','A. Uthor','It is so.');
INSERT INTO "citations" VALUES('begun','KEY0000001',0,2,'note-b','B',2001,'','','');
INSERT INTO "citations" VALUES('begun','KEY0000001',1,1,'note-a','A',NULL,'10.1/x','A. Uthor','It is so.');
CREATE TABLE eval_cases (
	eval_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	"case" TEXT NOT NULL, 
	seed INTEGER NOT NULL, 
	score DOUBLE NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_eval_cases PRIMARY KEY (eval_id, position), 
	CONSTRAINT fk_eval_cases_eval_id_eval_runs FOREIGN KEY(eval_id) REFERENCES eval_runs (eval_id) ON DELETE CASCADE
);
CREATE TABLE eval_runs (
	eval_id TEXT NOT NULL, 
	suite TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	content TEXT NOT NULL, 
	stored_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	CONSTRAINT pk_eval_runs PRIMARY KEY (eval_id)
);
CREATE TABLE feedback (
	feedback_id TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at TEXT NOT NULL, 
	stored_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, seal TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (feedback_id), 
	CONSTRAINT fk_feedback_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE, 
	CONSTRAINT uq_feedback_run_id_sequence UNIQUE (run_id, sequence)
);
INSERT INTO "feedback" VALUES('7d90d136c95978a9898f5e17546b789a409976c05d957134d3a0412dfe73aead','sealed',1,'KEY0000000','accept','good','Ada','2026-01-02T03:04:05+00:00','2026-11-29 19:22:27','b5962504ea5e48d5df2697751e982aa17973455037a48f404130fc0d4df666d1');
CREATE TABLE progress_events (
	run_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT pk_progress_events PRIMARY KEY (run_id, number), 
	CONSTRAINT fk_progress_events_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE
);
INSERT INTO "progress_events" VALUES('sealed',1,'2026-01-02T03:04:05+00:00','{"kind":"stage","stage":"screen","generation":0,"evaluated":0}');
INSERT INTO "progress_events" VALUES('begun',1,'2026-01-02T03:04:05+00:00','{"kind":"stage","stage":"screen","generation":0,"evaluated":0}');
CREATE TABLE property_values (
	run_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	number DOUBLE, 
	level TEXT, 
	unit TEXT NOT NULL, 
	sigma DOUBLE, 
	lower DOUBLE, 
	upper DOUBLE, 
	method TEXT NOT NULL, 
	method_version TEXT NOT NULL, 
	in_domain BOOLEAN, 
	nearest TEXT, 
	nearest_value DOUBLE, 
	similarity DOUBLE, 
	reason TEXT, 
	CONSTRAINT pk_property_values PRIMARY KEY (run_id, "key", name), 
	CONSTRAINT fk_property_values_run_id_key_candidates FOREIGN KEY(run_id, "key") REFERENCES candidates (run_id, "key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "property_values" VALUES('begun','KEY0000000','absorption_maximum',3,NULL,NULL,'nm',NULL,NULL,NULL,'gbm','3',NULL,NULL,NULL,NULL,'no chromophore');
INSERT INTO "property_values" VALUES('begun','KEY0000000','glass_transition_temperature',2,3.00000000000000044408e-01,NULL,'°C',25.5,-41.0,43.0,'gbm','3',0,'CCCO',17.0,0.61,NULL);
INSERT INTO "property_values" VALUES('begun','KEY0000000','thermal_stability',1,NULL,'moderate','',NULL,NULL,NULL,'rules','2',NULL,NULL,NULL,NULL,'a peroxide');
INSERT INTO "property_values" VALUES('begun','KEY0000000','tpsa',0,20.23,NULL,'Å²',0.0,NULL,NULL,'RDKit','1',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "property_values" VALUES('begun','KEY0000001','absorption_maximum',3,NULL,NULL,'nm',NULL,NULL,NULL,'gbm','3',NULL,NULL,NULL,NULL,'no chromophore');
INSERT INTO "property_values" VALUES('begun','KEY0000001','glass_transition_temperature',2,3.00000000000000044408e-01,NULL,'°C',25.5,-41.0,43.0,'gbm','3',0,'CCCO',17.0,0.61,NULL);
INSERT INTO "property_values" VALUES('begun','KEY0000001','thermal_stability',1,NULL,'moderate','',NULL,NULL,NULL,'rules','2',NULL,NULL,NULL,NULL,'a peroxide');
INSERT INTO "property_values" VALUES('begun','KEY0000001','tpsa',0,20.23,NULL,'Å²',0.0,NULL,NULL,'RDKit','1',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "property_values" VALUES('sealed','KEY0000000','absorption_maximum',3,NULL,NULL,'nm',NULL,NULL,NULL,'gbm','3',NULL,NULL,NULL,NULL,'no chromophore');
INSERT INTO "property_values" VALUES('sealed','KEY0000000','glass_transition_temperature',2,3.00000000000000044408e-01,NULL,'°C',25.5,-41.0,43.0,'gbm','3',0,'CCCO',17.0,0.61,NULL);
INSERT INTO "property_values" VALUES('sealed','KEY0000000','thermal_stability',1,NULL,'moderate','',NULL,NULL,NULL,'rules','2',NULL,NULL,NULL,NULL,'a peroxide');
INSERT INTO "property_values" VALUES('sealed','KEY0000000','tpsa',0,20.23,NULL,'Å²',0.0,NULL,NULL,'RDKit','1',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "property_values" VALUES('sealed','KEY0000001','absorption_maximum',3,NULL,NULL,'nm',NULL,NULL,NULL,'gbm','3',NULL,NULL,NULL,NULL,'no chromophore');
INSERT INTO "property_values" VALUES('sealed','KEY0000001','glass_transition_temperature',2,3.00000000000000044408e-01,NULL,'°C',25.5,-41.0,43.0,'gbm','3',0,'CCCO',17.0,0.61,NULL);
INSERT INTO "property_values" VALUES('sealed','KEY0000001','thermal_stability',1,NULL,'moderate','',NULL,NULL,NULL,'rules','2',NULL,NULL,NULL,NULL,'a peroxide');
INSERT INTO "property_values" VALUES('sealed','KEY0000001','tpsa',0,20.23,NULL,'Å²',0.0,NULL,NULL,'RDKit','1',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE rankings (
	run_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	rank INTEGER, 
	rank_low INTEGER, 
	rank_high INTEGER, 
	score DOUBLE, 
	p_meets DOUBLE, 
	desirability DOUBLE, 
	pareto_front INTEGER, 
	CONSTRAINT pk_rankings PRIMARY KEY (run_id, "key"), 
	CONSTRAINT fk_rankings_run_id_key_candidates FOREIGN KEY(run_id, "key") REFERENCES candidates (run_id, "key") ON DELETE CASCADE
);
INSERT INTO "rankings" VALUES('sealed','KEY0000000',1,1,3,0.125,0.25,0.5,2);
INSERT INTO "rankings" VALUES('sealed','KEY0000001',2,1,4,0.125,0.25,0.5,2);
INSERT INTO "rankings" VALUES('begun','KEY0000000',1,1,3,0.125,0.25,0.5,2);
INSERT INTO "rankings" VALUES('begun','KEY0000001',2,1,4,0.125,0.25,0.5,2);
CREATE TABLE reports (
	run_id TEXT NOT NULL, 
	schema_version TEXT NOT NULL, 
	content TEXT NOT NULL, 
	stored_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	CONSTRAINT pk_reports PRIMARY KEY (run_id), 
	CONSTRAINT fk_reports_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE
);
INSERT INTO "reports" VALUES('sealed','1','{"schema_version":"1","run_id":"sealed","goal":"a goal","status":"success","created_at":"","spec":{"schema_version":"1","goal":"A small molecule; \u03b1 > \u03b2","candidate_class":"molecule","family":"","requirements":[{"id":"R1","text":"MW < 300","phrase":"","origin":"goal","kind":"property","property":"molecular_weight","condition":{"comparison":"<","value":300.0,"low":null,"high":null},"unit":"","basis":"registered"}],"objectives":[],"set_requirements":[],"exhaustive":false,"conditions":{"solvent":"dichloromethane","solvent_smiles":"ClCCl","temperature_c":25.0},"reference":null,"candidates":10,"budget":1500,"seed":0,"met_probability":0.5,"max_similarity":null,"list_known":false,"assumptions":[],"unchecked":[],"disagreements":[],"concerns":[],"reading":[],"warnings":[],"interpreter":"built-in"},"approved_by":"","summary":"","candidates":[{"schema_version":"1","key":"KEY0000000","smiles":"CCO","given":"CCO.O","inchikey":"LFQSCWFLJHTTHZ-UHFFFAOYSA-N","name":"ethanol","class":"molecule","dedup_key":"DEDUP00000","undefined_stereocentres":1,"notes":["counter-ion removed","isotope removed"],"origin":{"proposer":"evolution","operator":"crossover","parents":["B","A"],"generation":0,"rationale":"why","parent_smiles":["CCN","CO"],"changes":{"tpsa":-5.5,"logp":0.25}},"status":"rejected","rejected_by":"R1","rejected_reason":"too heavy","properties":{"tpsa":{"value":20.23,"unit":"\u00c5\u00b2","sigma":0.0,"lower":null,"upper":null,"method":"RDKit","method_version":"1","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":null},"thermal_stability":{"value":"moderate","unit":"","sigma":null,"lower":null,"upper":null,"method":"rules","method_version":"2","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":"a peroxide"},"glass_transition_temperature":{"value":0.30000000000000004,"unit":"\u00b0C","sigma":25.5,"lower":-41.0,"upper":43.0,"method":"gbm","method_version":"3","in_domain":false,"nearest":"CCCO","nearest_value":17.0,"similarity":0.61,"reason":null},"absorption_maximum":{"value":null,"unit":"nm","sigma":null,"lower":null,"upper":null,"method":"gbm","method_version":"3","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":"no chromophore"}},"safety":{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]},"requirements":[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}],"p_meets":0.25,"desirability":0.5,"score":0.125,"rank":1,"rank_interval":[1,3],"pareto_front":2,"route":{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null},"citations":[{"number":2,"key":"note-b","title":"B","year":2001,"doi":"","authors":"","passage":""},{"number":1,"key":"note-a","title":"A","year":null,"doi":"10.1/x","authors":"A. Uthor","passage":"It is so."}],"rationale":"second"},{"schema_version":"1","key":"KEY0000001","smiles":"CCO","given":"CCO.O","inchikey":"LFQSCWFLJHTTHZ-UHFFFAOYSA-N","name":"ethanol","class":"molecule","dedup_key":"DEDUP00001","undefined_stereocentres":1,"notes":["counter-ion removed","isotope removed"],"origin":{"proposer":"evolution","operator":"crossover","parents":["B","A"],"generation":1,"rationale":"why","parent_smiles":["CCN","CO"],"changes":{"tpsa":-5.5,"logp":0.25}},"status":"rejected","rejected_by":"R1","rejected_reason":"too heavy","properties":{"tpsa":{"value":20.23,"unit":"\u00c5\u00b2","sigma":0.0,"lower":null,"upper":null,"method":"RDKit","method_version":"1","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":null},"thermal_stability":{"value":"moderate","unit":"","sigma":null,"lower":null,"upper":null,"method":"rules","method_version":"2","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":"a peroxide"},"glass_transition_temperature":{"value":0.30000000000000004,"unit":"\u00b0C","sigma":25.5,"lower":-41.0,"upper":43.0,"method":"gbm","method_version":"3","in_domain":false,"nearest":"CCCO","nearest_value":17.0,"similarity":0.61,"reason":null},"absorption_maximum":{"value":null,"unit":"nm","sigma":null,"lower":null,"upper":null,"method":"gbm","method_version":"3","in_domain":null,"nearest":null,"nearest_value":null,"similarity":null,"reason":"no chromophore"}},"safety":{"verdict":"warn","rules":[{"id":"S1","name":"PFAS","verdict":"warn","reason":"CF2","source":"OECD 2021"}]},"requirements":[{"id":"R1","text":"MW < 300","met":false,"probability":0.25,"value":310.5,"unit":"g/mol","reason":"above"}],"p_meets":0.25,"desirability":0.5,"score":0.125,"rank":2,"rank_interval":[1,4],"pareto_front":2,"route":{"status":"found","steps":[{"reaction":"esterification","reactants":["CCO","CC(=O)O"],"product":"CCOC(C)=O","note":""}],"starting_materials":[{"name":"ethanol","smiles":"CCO","role":"alcohol","verdict":"allow","rules":[],"stock":null}],"note":"","cost":null},"citations":[{"number":2,"key":"note-b","title":"B","year":2001,"doi":"","authors":"","passage":""},{"number":1,"key":"note-a","title":"A","year":null,"doi":"10.1/x","authors":"A. Uthor","passage":"It is so."}],"rationale":"second"}],"closest":[],"binding_requirement":null,"goal_marked":"","wishes_checked":null,"wishes_unchecked":null,"assumptions":[],"unchecked":[],"warnings":[],"evidence":[],"citations":[],"rejected":{},"proposers":{},"choice":null,"blocks":null,"models":[],"remarks":[],"sensitivity":[],"tied":[],"points":[],"evaluated":0,"stop_reason":"","versions":{},"timings":{"total":1.5}}','2026-11-29 19:22:27');
CREATE TABLE run_seals (
	run_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	content TEXT NOT NULL, 
	head TEXT NOT NULL, 
	CONSTRAINT pk_run_seals PRIMARY KEY (run_id, number), 
	CONSTRAINT fk_run_seals_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE
);
INSERT INTO "run_seals" VALUES('sealed',1,'run','2026-01-02T03:04:05.000000+00:00','{"tables":{"runs":{"rows":1,"columns":{"run_id":"adc758e34027b90039cf360cd68950390acf16fceba63be62d7e0a7f23ea9bec","goal":"f12ed7631e1cc7bdd6097ee08c4a0563f3da598c87e9842443504977cc856b09","status":"250462ee06f1b8ba5ab46aa2842ecc34d6557b6a428ef2c8ac5d1f1f590e28d1","options":"2772e262b67ab38b52f129238012def284f73f2e59fa7afba598206d356525cd","created_at":"3e2ebe3d83871fe9fb9175b052f7d4e25c9824badd70377488eeb4e3e24075ac","finished_at":"3e2ebe3d83871fe9fb9175b052f7d4e25c9824badd70377488eeb4e3e24075ac","error":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","owner":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","fence":"f7e4bdb03eefaca0319450705ce053a8f7f396dbd98d8270e843b3025be729d6","heartbeat_at":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","spec_version":"f7e4bdb03eefaca0319450705ce053a8f7f396dbd98d8270e843b3025be729d6","queued_at":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","stored_at":"021efc794b65ef18bc97dd0e2256edae7a9d8a0e2c5979e9413b7729ef20741d"}},"specs":{"rows":1,"columns":{"run_id":"adc758e34027b90039cf360cd68950390acf16fceba63be62d7e0a7f23ea9bec","version":"f7e4bdb03eefaca0319450705ce053a8f7f396dbd98d8270e843b3025be729d6","content":"9186a3ba8ccfdfda6ed3f79a2d3cfc73642af94765f3999311c5c6ff55808ea7","content_hash":"4c1288669cf3c6dc4c023fce7b881679711d52252bb9434ea7e64f58480be6bb","approved_by":"3d4eaf0daf98277a9b1a596978b3404a09120b7eded04a5c9e0bf1b0f48c0408","approved_at":"3e2ebe3d83871fe9fb9175b052f7d4e25c9824badd70377488eeb4e3e24075ac","stored_at":"021efc794b65ef18bc97dd0e2256edae7a9d8a0e2c5979e9413b7729ef20741d"}},"candidates":{"rows":2,"columns":{"run_id":"e4a3fa29ae6ea5895fabe9249b8c28b37b9f6868c42f47c226f32839e02cc86b","key":"e8a13e54bcb521593c1c6d8d07b2e34f0ec22363d6710b8f3fefd5414a4ea3ad","position":"433a56f5d69088a4b8a510a0f1be2fa288e1dce1cee6a2da66da1977a257331b","schema_version":"383de5dfce7eb8a7d667828b707736a6782e1f18b8f2d81c31632442ac91f68a","smiles":"fe5fcc856874fdc7aa7f85c17da1c9552d54b51c757c30e2a24dbf2032e5873a","given":"61b940d675499b21fa3d5402541ad65143ed7b5a94bc0158823b1b43a1cd4d93","inchikey":"067a30103c460e78a1a109c7aa62ce3c2da35eb3fbfd3bb1e8a1f481b7a5cb6e","name":"fa17f3d7533d7c6c8ac0e0de0036bbfbb1377a83ae96a1d07e0fc7ce3227748b","candidate_class":"f53843c09ce630dfea198cea121d165afb7021c04d7ac4e73da95d877effc75b","dedup_key":"8d1b42d8845e87c7e5fd55ef02a5aca6353e5a5ca79fb6005d3b1f1649965208","undefined_stereocentres":"4b85bedefc0ef1e61d63ba11c3790f6e1c1fe99aa4c3e8899fff62b9b7744cad","notes":"049b1e3eb38f11da898325fa9e81f40d4c1c636657a82a42922d1b222aaff9ac","proposer":"658585a0c26ee49e00050b928e9e86baed5fdc56f6fb674f3dbf7b4f8dfdd854","operator":"ecdd940eb0c7f06deceb17a50a26ec728248db91ccf37d3e603b838a7cdb96a8","parents":"68387a83af0bfcc2421127a590a7f8ff1f5071d589b32a5694cae85983e3e8f2","generation":"433a56f5d69088a4b8a510a0f1be2fa288e1dce1cee6a2da66da1977a257331b","origin_rationale":"0ce509d1f1cf7d10d828c758f8cec67c29b300b1875f75cb606d0b505bd3266a","parent_smiles":"3981265074d4c0ba02955fa182fc30db3232508439b4eab36418453accac1af9","changes":"99744127fd9105e05b63941fa6e223410cd0ab042a6a4a0247c9fafdbb49838e","status":"06a169e0f843e69432beabcafb16a017443658771c4e0fe36dc6a9662b78ac83","rejected_by":"b492ea412984ffd0fea1674fbee7cad17a5f35a27ab0c9becb3262d452d3a016","rejected_reason":"d4d1c7bdef6d6ca0a54cc2094382e2948c611eaea2d42e066d300d8347867d8a","safety_verdict":"5f7680244768f0c64991bcbc249bcb32285a8c08dc7f62de49612a596d8c1084","safety":"5ced2212f052ffe2684389264bd81121702bf51fd57df423e50f2a91e1d0110d","requirements":"de581e028db18a7c04a15a0d5fbe80b6fdd37aaee106b452ff37b4a2354ab7cd","route":"90b682e537c0153de4bab7010a602d1b1fba9ba0e7828158dcc150106c7dac0e","rationale":"92b8a39a1c65b760dda5bb0915d780b67616deacfda0fffb41c84a26e96b5542"}},"property_values":{"rows":8,"columns":{"run_id":"82a90d8fff255bf0220352c37e243a2ba03ab637adeb33dbf93f10dee2475c1e","key":"8c177db192228268de5052dbb5803cf78a09013813b6075067f66507225db1a0","name":"033a587978f5c027dd5e9999e5966e02c9ef36b49c93f378b164d681b7a7dcd5","position":"bd3c40540f5810f41e96d23361fd09f0a238884c618dacfaa5c779d33824bb27","number":"70b45babf7a9316f9c758b641f2497fc17eea5d025250f35a11dc4fb57b3dde1","level":"41312d26bb5ef4d0040b61e41a591e0e8c72fd58e4a17ae4f9b72255c6fbfcec","unit":"23c5381d035c33e7a135f0a944eeea3e3d5f0018504458bc4408e072d9a8347c","sigma":"c346ddeb7640c9824f3948d5022f27e7a48182f1017db247a526fa769d2499fa","lower":"68abeda6186c2dc2ea4ecb7a9451225df4aa7f5a62b954ba165b149c5da4e198","upper":"44ddc11249b2b9321d639b7d70c2549b0096ff4cd03696ec90c7954b412ca91b","method":"e0a578360040c8fbc819384ce4b3d42a17ffa585ffa2394d05233db6b2e76799","method_version":"03a1388d6e0b4797df8916a895c5a3f11a1661e2a6f809d674ecb4cfd01cef6a","in_domain":"82a36f7ae1fd668ea57ba82e141dcfab0445ea91f4bf1b3fff7bb9d03df2ee7f","nearest":"409cd998d5d283ae3f07b0cbc53ae21edd33929e9d71d334704545efb15e7833","nearest_value":"c808f2fd185621eac31d0e3fd9e5a03c68fe88fa7b69831b8fd1efe25e448e78","similarity":"98e5f5a3b491ff3e7ee3a46368d669647d9b3211e0dae3b2e4405c4199808839","reason":"6d7de4682b0305e0652ac1a834494fd316d5f30433de3e69fdaad1a11b394101"}},"rankings":{"rows":2,"columns":{"run_id":"e4a3fa29ae6ea5895fabe9249b8c28b37b9f6868c42f47c226f32839e02cc86b","key":"e8a13e54bcb521593c1c6d8d07b2e34f0ec22363d6710b8f3fefd5414a4ea3ad","rank":"db2b70e4e316b74eb02e3aefb97216ddd6cead32e14beb167f3cd3c5206cce29","rank_low":"4b85bedefc0ef1e61d63ba11c3790f6e1c1fe99aa4c3e8899fff62b9b7744cad","rank_high":"061177fc9cf990e1ef24542da90d50d404c7211704fc406f79c29bb09bcd4933","score":"a26f8741ac4babf39a01a01a5c4d55d483c121589bff9068f796e5cbe6fe81c8","p_meets":"03e6abd4b16b683dedcefcc35166abaa5a95a397f2f041fe3fcdfcca95d601b6","desirability":"7bda5f5849769920c5f06f493e1149fe98bece5f79e816b3d95847ee2c9c77aa","pareto_front":"ad799bb869b6be8ab359e920b5a9d9259c39113ba246ceb93028b37281e3ba90"}},"citations":{"rows":4,"columns":{"run_id":"e8d976be50ae0ac6139e010ed21ecff51121a717133f347e4bd4b66b116e5a3f","key":"8c7c55d77b20076fdc6992422b02450a1955b3f50e27013095b095e666dcbc9b","position":"f154bca2b149fd9a7ddab595744f18aca1ac184bcd6ea073d234dd37483df708","number":"a260c935a73493d3d3adf3eed4b0a022459d31eba1a9a7988c1c285dd7230526","note":"207cef5345b04aea2a2a74f2148559a6f014c10541b3a6082b15ec1d358dffd1","title":"3f796fe6352a2b003ad9910c936e6a0b138c6fdb733c29ad82616fe9883ec1d9","year":"bbc2fc534ebf520937762037b6d72f34b347383798683da08a2745297d113ab9","doi":"d7bc25d5a26efd19f6b542a03b2aea7657f6b201abeb49708ed9fc42498c6bb0","authors":"bd108df197ff59aa279a65fe92d3001aecd75cacbbe8a0f4a5b8314793cd6640","passage":"0d78a1c72ef5aededc8b1f3c28a9cc37139c445c1d13efd888f6c06aa6af1ce9"}},"reports":{"rows":1,"columns":{"run_id":"adc758e34027b90039cf360cd68950390acf16fceba63be62d7e0a7f23ea9bec","schema_version":"ea4cb38773dbeb62118b1a71f70929c725ecd5aa909651d9c7e8fc3963fbc5f3","content":"867b14e083316ccf8b4f807fd2c4e72afa79a68dbef35d58aeaabd449266c967","stored_at":"021efc794b65ef18bc97dd0e2256edae7a9d8a0e2c5979e9413b7729ef20741d"}},"trace_events":{"rows":1,"columns":{"run_id":"adc758e34027b90039cf360cd68950390acf16fceba63be62d7e0a7f23ea9bec","node":"d09da6926e354b69e121ddaeb15521e61312d7763586347af13477fc006c290d","generation":"59a435212025b8a562b37453ac907b55b9a99d60a4936f61c793960b95db5b84","place":"18df7fca41372b56535e7e9fe1f2a944c9549f4ba26882859dcfd9019794cc88","sequence":"f7e4bdb03eefaca0319450705ce053a8f7f396dbd98d8270e843b3025be729d6","schema_version":"ea4cb38773dbeb62118b1a71f70929c725ecd5aa909651d9c7e8fc3963fbc5f3","kind":"4d824f3e74dce590be770731c797c990e6c8dabbc8ca0561dd2fa45947df9287","request_hash":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","inputs":"7cc38066c2cf1df1c95b7bafaf3e3be04cf683a22a56bd3fdd3a9516d60f0699","outputs":"d6dede5cd2b65d9f1ce8e21195209c55f295fb9f50d7d7e2182a3c272725274f","output_hash":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","endpoint":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","model":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","prompt_hash":"fb912574cecad54c6a0bc75b46172350b6374929d602d5fbcb4ca0ec831fd532","tokens_in":"59a435212025b8a562b37453ac907b55b9a99d60a4936f61c793960b95db5b84","tokens_out":"59a435212025b8a562b37453ac907b55b9a99d60a4936f61c793960b95db5b84","seconds":"11a8d34dce59d9e76ab6f4d435de40749eb570f8500fe03b554c70480f27e65b","at":"3e2ebe3d83871fe9fb9175b052f7d4e25c9824badd70377488eeb4e3e24075ac","seal":"4c1ad65f63a6125bd36c319ccb2cf0ac490b25da9b6965dd10557ea74cf75d82"}},"progress_events":{"rows":1,"columns":{"run_id":"adc758e34027b90039cf360cd68950390acf16fceba63be62d7e0a7f23ea9bec","number":"f7e4bdb03eefaca0319450705ce053a8f7f396dbd98d8270e843b3025be729d6","at":"3e2ebe3d83871fe9fb9175b052f7d4e25c9824badd70377488eeb4e3e24075ac","content":"1e5c41b0ac4d0f2581dbe0a652674fcf430c83f5e741dfe7a27024662990f1c1"}}},"events":{"rows":1,"seal":"455b4605b75496f43bd55504b41587b8ffd82f29ddd7ae66160fffa79e666226"},"feedback":{"rows":0,"seal":""}}','74e0db8e58195c1c8f753b536b11fb562166013372bc3ce4d13265f2c3d6474f');
INSERT INTO "run_seals" VALUES('sealed',2,'feedback','2026-01-02T03:04:05+00:00','{"events":{"rows":1,"seal":"455b4605b75496f43bd55504b41587b8ffd82f29ddd7ae66160fffa79e666226"},"feedback":{"rows":1,"seal":"b5962504ea5e48d5df2697751e982aa17973455037a48f404130fc0d4df666d1"}}','ad68a29240c53dee75a7a89127eee4fd164bfb28a80d3912011b52e63787f7ca');
CREATE TABLE runs (
	run_id TEXT NOT NULL, 
	goal TEXT NOT NULL, 
	status TEXT NOT NULL, 
	options TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	finished_at TEXT NOT NULL, 
	error TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	heartbeat_at TEXT NOT NULL, 
	spec_version INTEGER NOT NULL, 
	stored_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, queued_at TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (run_id)
);
INSERT INTO "runs" VALUES('sealed','a goal','success','{"user":"ada"}','2026-01-02T03:04:05+00:00','2026-01-02T03:04:05+00:00','','',1,'',1,'2026-11-29 19:22:27','');
INSERT INTO "runs" VALUES('begun','a goal','running','{"user":"ada"}','2026-01-02T03:04:05+00:00','','','',1,'',1,'2026-11-29 19:22:27','');
CREATE TABLE specs (
	run_id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	approved_by TEXT NOT NULL, 
	approved_at TEXT NOT NULL, 
	stored_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	CONSTRAINT pk_specs PRIMARY KEY (run_id, version), 
	CONSTRAINT fk_specs_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE, 
	CONSTRAINT uq_specs_run_id_content_hash UNIQUE (run_id, content_hash)
);
INSERT INTO "specs" VALUES('sealed',1,'{"schema_version":"1","goal":"A small molecule; \u03b1 > \u03b2","candidate_class":"molecule","family":"","requirements":[{"id":"R1","text":"MW < 300","phrase":"","origin":"goal","kind":"property","property":"molecular_weight","condition":{"comparison":"<","value":300.0,"low":null,"high":null},"unit":"","basis":"registered"}],"objectives":[],"set_requirements":[],"exhaustive":false,"conditions":{"solvent":"dichloromethane","solvent_smiles":"ClCCl","temperature_c":25.0},"reference":null,"candidates":10,"budget":1500,"seed":0,"met_probability":0.5,"max_similarity":null,"list_known":false,"assumptions":[],"unchecked":[],"disagreements":[],"concerns":[],"reading":[],"warnings":[],"interpreter":"built-in"}','416f02ad949c119e0fa160d5d0a6fcf2d9947544f333f93fe05da7e5275050bb','Ada','2026-01-02T03:04:05+00:00','2026-11-29 19:22:27');
INSERT INTO "specs" VALUES('begun',1,'{"schema_version":"1","goal":"A small molecule; \u03b1 > \u03b2","candidate_class":"molecule","family":"","requirements":[{"id":"R1","text":"MW < 300","phrase":"","origin":"goal","kind":"property","property":"molecular_weight","condition":{"comparison":"<","value":300.0,"low":null,"high":null},"unit":"","basis":"registered"}],"objectives":[],"set_requirements":[],"exhaustive":false,"conditions":{"solvent":"dichloromethane","solvent_smiles":"ClCCl","temperature_c":25.0},"reference":null,"candidates":10,"budget":1500,"seed":0,"met_probability":0.5,"max_similarity":null,"list_known":false,"assumptions":[],"unchecked":[],"disagreements":[],"concerns":[],"reading":[],"warnings":[],"interpreter":"built-in"}','416f02ad949c119e0fa160d5d0a6fcf2d9947544f333f93fe05da7e5275050bb','Ada','2026-01-02T03:04:05+00:00','2026-11-29 19:22:27');
CREATE TABLE trace_events (
	run_id TEXT NOT NULL, 
	node TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	sequence INTEGER NOT NULL, 
	schema_version TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	request_hash TEXT NOT NULL, 
	inputs TEXT NOT NULL, 
	outputs TEXT NOT NULL, 
	output_hash TEXT NOT NULL, 
	endpoint TEXT NOT NULL, 
	model TEXT NOT NULL, 
	prompt_hash TEXT NOT NULL, 
	tokens_in INTEGER NOT NULL, 
	tokens_out INTEGER NOT NULL, 
	seconds DOUBLE NOT NULL, 
	at TEXT NOT NULL, seal TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_trace_events PRIMARY KEY (run_id, node, generation, place), 
	CONSTRAINT fk_trace_events_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (run_id) ON DELETE CASCADE, 
	CONSTRAINT uq_trace_events_run_id_sequence UNIQUE (run_id, sequence)
);
INSERT INTO "trace_events" VALUES('sealed','propose',0,'0',1,'1','record','','{}','["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]','','','','',0,0,0.0,'2026-01-02T03:04:05+00:00','455b4605b75496f43bd55504b41587b8ffd82f29ddd7ae66160fffa79e666226');
INSERT INTO "trace_events" VALUES('begun','propose',0,'0',1,'1','record','','{}','["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]','','','','',0,0,0.0,'2026-01-02T03:04:05+00:00','4d27038a329cafd2dc6a09945a831206e9ba971a5e78682b82037e15c6104715');
CREATE INDEX ix_runs_created_at ON runs (created_at);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_candidates_run_id_generation ON candidates (run_id, generation);
CREATE INDEX ix_candidates_run_id_status ON candidates (run_id, status);
CREATE INDEX ix_rankings_run_id_rank ON rankings (run_id, rank);
CREATE INDEX ix_eval_runs_suite ON eval_runs (suite);
CREATE INDEX ix_eval_runs_created_at ON eval_runs (created_at);
COMMIT;
